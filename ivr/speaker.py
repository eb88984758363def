"""Turns what a question says into sentences, in the language of the call."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from msgspec import Struct

from ivr.calls import Turn
from ivr.questions import (
    Bring,
    Clock,
    Count,
    Day,
    Entry,
    Group,
    GroupName,
    HolidayOn,
    Line,
    Menu,
    Pause,
    Persons,
    Prompt,
    Question,
    ServiceName,
    Value,
    Weekday,
)
from prompts.catalogue import Catalogue, catalogue
from scheduling.calendar import Calendar

MOST_AT_ONCE = 3000
"""Characters in one go: more than this a Polly voice refuses."""


class Sentence(Struct, frozen=True):
    """Some words in a language, by the two letters of its code."""

    language: str
    words: str


Said = Sentence | Pause
"""What the caller hears, piece by piece."""


@dataclass(frozen=True)
class Speaker:
    """Knows the words of the municipality, and the clock that hangs on its wall."""

    calendar: Calendar

    @cached_property
    def own_words(self) -> dict[str, dict[str, str]]:
        """By language, the words that every sentence may use: they are the municipality's own."""
        municipality = self.calendar.municipality
        return {
            language: {
                "municipality": municipality.name[language],
                "website": municipality.website[language],
                "hours": municipality.telephone.hours_in_words[language],
            }
            for language in municipality.languages
        }

    def says(self, question: Question, turn: Turn) -> list[Said]:
        """Everything said at a turn, in order; what one voice says in a row is one piece."""
        lines = _lines(question, turn)
        if turn.notice:
            lines = [Prompt(turn.notice), *lines]
        said: list[Said] = []
        row: list[str] = []
        spoken = turn.language
        for line in lines:
            if isinstance(line, Pause):
                said += [*_sentences(spoken, row), line]
                row = []
                continue
            language = line.language or turn.language
            if language != spoken:
                said += _sentences(spoken, row)
                row, spoken = [], language
            row.append(self.line(line, language))
        return [*said, *_sentences(spoken, row)]

    def sentence(self, key: str, language: str) -> Sentence:
        """One prompt that needs no words but the municipality's own."""
        return Sentence(language, self.line(Prompt(key), language))

    def line(self, line: Prompt | Bring, language: str) -> str:
        """One sentence, in a language."""
        if isinstance(line, Bring):
            known = self.calendar.municipality.services.get(line.service)
            return (
                known.bring[language] if known else self.line(Prompt("ask_what_to_bring"), language)
            )
        return _filled(self, language, line.key, tuple(line.values.items()))

    def words(self, value: Value, language: str, sentences: Catalogue) -> str:
        """A value in the words of a language."""
        speech = sentences.speech
        match value:
            case Count(number):
                words = speech.number(number)
            case Clock(moment):
                words = speech.clock(moment.astimezone(self.calendar.zone).time())
            case Day(day, today):
                words = speech.day(day, today)
            case Persons(number):
                key = "one_person" if number == 1 else "several_persons"
                words = sentences.say(key, {"count": speech.number(number)})
            case Group(digits):
                words = speech.code(digits)[0]
            case Weekday(weekday):
                words = speech.weekdays[weekday]
            case _:
                # An appointment may be for a service that was taken out of the file.
                words = self._name(value).get(language) or sentences.say("a_visit", {})
        return words

    def _name(self, value: ServiceName | GroupName | HolidayOn) -> Mapping[str, str]:
        """What the municipality calls a thing, in each language."""
        municipality = self.calendar.municipality
        match value:
            case ServiceName(service):
                known = municipality.services.get(service)
                return known.name if known else {}
            case GroupName(key):
                return next(group.name for group in municipality.groups if group.key == key)
            case HolidayOn(day):
                return self.calendar.holiday(day) or {}


@lru_cache(maxsize=2048)
def _filled(
    speaker: Speaker, language: str, key: str, values: tuple[tuple[str, Value], ...]
) -> str:
    """A sentence with its words: the same times are read to one caller after another."""
    sentences = catalogue(language)
    words = {name: speaker.words(value, language, sentences) for name, value in values}
    said = sentences.say(key, speaker.own_words[language] | words)
    return said[0].upper() + said[1:]


def _sentences(language: str, row: list[str]) -> list[Said]:
    """Sentences of one language, said in one go as far as a voice can."""
    whole = " ".join(row)
    pieces = [whole] if row and len(whole) <= MOST_AT_ONCE else row
    return [Sentence(language, piece) for piece in pieces]


def _lines(question: Question, turn: Turn) -> Sequence[Line]:
    if isinstance(question, Menu):
        return _menu(question, turn)
    if isinstance(question, Entry):
        if turn.no_input or turn.no_match:
            return question.core
        return [*question.intro, *question.core, *question.outro]
    return question.lines


def _menu(menu: Menu, turn: Turn) -> Sequence[Line]:
    """A menu in full at first; after a miss without its introduction, then in short."""
    misses = max(turn.no_input, turn.no_match)
    known = catalogue(turn.language).prompts
    options: list[Line] = []
    for key, prompt in menu.options.items():
        shorter = f"{prompt.key}_short"
        name = shorter if misses > 1 and shorter in known else prompt.key
        options.append(Prompt(name, {**prompt.values, "key": Count(int(key))}, prompt.language))
    if misses:
        return [*menu.core, *options]
    return [*menu.intro, *menu.core, *options, *menu.outro]

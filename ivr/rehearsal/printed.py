"""Words on the chart: names of steps, options and first sentences, with nothing of one call in."""

import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass

from ivr.questions import (
    Bring,
    Entry,
    GroupName,
    Line,
    Menu,
    Pause,
    ServiceName,
    Value,
)
from ivr.rehearsal.walk import EVERYWHERE, Passage
from ivr.speaker import Speaker
from ivr.step import Step
from prompts.catalogue import catalogue, path

_FEW = 3
_MOST_LETTERS = 75


class NoWords(Exception):  # noqa: N818  named for what happened
    """A language has no printed words for something on the chart."""


@dataclass(frozen=True)
class Printed:
    """The printed words of a language."""

    speaker: Speaker
    language: str

    def word(self, name: str, **words: object) -> str:
        """One of the words of the language; raises NoWords."""
        found = catalogue(self.language).printed.get(name)
        if found is None:
            message = f"{path(self.language)}: [printed] has no {name!r}; the chart needs it"
            raise NoWords(message)
        return found.format_map(words)

    def title(self, step: str) -> str:
        """The name of a step on paper."""
        return self.word(step)

    def opening(self, step: Step) -> str:
        """The first words that are said at a step."""
        question = step.ask()
        match question:
            case Menu():
                lines = [*question.intro, *question.core] or list(question.options.values())
            case Entry():
                lines = [*question.intro, *question.core, *question.outro]
            case _:
                lines = list(question.lines)
        said = [self._said(each) for each in lines if not isinstance(each, Pause)]
        return _cut(" ".join(words for words, _ in itertools.groupby(said)))

    def label(self, passage: Passage) -> str:
        """What a reply is called: the option that is said, or the printed word for it."""
        source, target = type(passage.source).__name__, type(passage.target).__name__
        special = f"{source}-{passage.reply.key}-{target}"
        if special in catalogue(self.language).printed:
            return self.word(special)
        if passage.reply.said is None:
            key = passage.reply.key
            if key in EVERYWHERE:
                return self._habit(key)
            if key.isdigit():
                own = f"{source}-number"
                known = own in catalogue(self.language).printed
                return self.word(own if known else "a_number_of_persons")
            return self.word(key)
        said = self._said(passage.reply.said, named=True).rpartition(":")[0]
        return re.split(r"[.?!] ", said)[-1]

    def several(self, labels: Iterable[str]) -> str:
        """One label for several choices that lead the same way."""
        found = list(dict.fromkeys(labels))
        return "; ".join(found[:_FEW]) + ("; …" if len(found) > _FEW else "")

    def when(self, situations: set[str]) -> str:
        """In which circumstances a key leads elsewhere than usual."""
        rare = ("full", "texted", "handed", "busy", "landline")
        order = (*rare, "closing", "closed", "closed, withheld", "withheld")
        first = next(each for each in order if each in situations)
        return self.word("when_" + first.replace(", ", "_"))

    def habits(self, replies: Iterable[str]) -> str:
        """What a caller does without choosing: asks for an employee, does nothing, errs."""
        found = ", ".join(map(self._habit, replies))
        return found[:1].upper() + found[1:]

    def _habit(self, reply: str) -> str:
        return self.word("employee" if reply == "0" else reply)

    def _said(self, line: Line, *, named: bool = False) -> str:
        if isinstance(line, Bring):
            return self.word("what_to_bring")
        if isinstance(line, Pause):
            return ""
        language = line.language or self.language
        words = {name: self._value(each, named=named) for name, each in line.values.items()}
        own = self.speaker.own_words[language]
        said = catalogue(language).say(line.key, own | {"key": "", **words})
        return said[:1].upper() + said[1:]

    def _value(self, value: Value, *, named: bool) -> str:
        municipality = self.speaker.calendar.municipality
        if named and isinstance(value, ServiceName):
            return municipality.services[value.service].name[self.language]
        if named and isinstance(value, GroupName):
            groups = {group.key: group for group in municipality.groups}
            return groups[value.group].name[self.language]
        return f"[{self.word(type(value).__name__)}]"


def _cut(said: str) -> str:
    if len(said) <= _MOST_LETTERS:
        return said
    return said[:_MOST_LETTERS].rpartition(" ")[0].rstrip(".,:;") + " …"

"""Walks the whole dialogue: gives every answer of every question, and notes where each leads."""

import heapq
import itertools
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from ivr.agents import SPOKEN_WITH
from ivr.calls import Call
from ivr.dialogue import MOST_MISSES, Answer
from ivr.questions import Entry, Farewell, Menu, Prompt, Transfer
from ivr.rehearsal.props import keyed_in
from ivr.rehearsal.situations import Situation, situations
from ivr.rehearsal.stage import Performance, Stage
from ivr.step import Step, encode

SILENCE, WRONG = "silence", "wrong"
EVERYWHERE = ("0", "*", "#", SILENCE, WRONG)
"""What every question has an answer to, whatever it asks."""

_CHANGING = re.compile(r"\+?\d+|\d{4}-\d\d-\d\d.*")


@dataclass(frozen=True)
class Reply:
    """Something that a caller can do at a question.

    `key` is what it is called: a key, one of EVERYWHERE, or the name of a printed word for digits
    and for how a transfer ends. `said` is the option as the line names it, where it does.
    """

    key: str
    answers: tuple[Answer, ...]
    said: Prompt | None = None
    waits: bool = False
    """Whether the caller waits after his digits: there could be more of them."""

    @property
    def pressed(self) -> str:
        """The keys that it takes, as `flask call` has them: s is silence."""
        return "".join(answer.key or "" for answer in self.answers) + "s" * self.waits

    @property
    def presses(self) -> int:
        """How many keys that is."""
        return len(self.pressed) - self.waits


@dataclass(frozen=True)
class Passage:
    """A reply of a caller, from one question to the next; `way` is all from the greeting on."""

    before: Call
    reply: Reply
    after: Call
    way: tuple[Reply, ...]
    situation: Situation
    begins_anew: bool = False
    """Whether the step leads to the first of all, however many steps back that is."""

    @property
    def source(self) -> Step:
        """The step at which the caller was."""
        return self.before.path[-1]

    @property
    def target(self) -> Step:
        """The step to which the reply leads."""
        return self.after.path[-1]

    @property
    def is_back(self) -> bool:
        """Whether it leads to where the caller was before, or to the first question."""
        if self.target.final:
            return self.target in self.before.path[:-1]
        if len(self.after.path) >= len(self.before.path):
            return False
        was_there = self.before.path[len(self.after.path) - 1]
        return type(self.target) is type(was_there)

    @property
    def presses(self) -> int:
        """How many keys were pressed from the greeting on."""
        return sum(reply.presses for reply in self.way)


@dataclass(frozen=True)
class Walk:
    """All that was found in one situation and language: how calls begin, and how they go on."""

    situation: Situation
    language: str
    first: Call
    passages: tuple[Passage, ...]

    @property
    def calls(self) -> Iterator[Call]:
        """Every question that was heard, each time that it was."""
        yield self.first
        yield from (passage.after for passage in self.passages)


def walks(
    stage: Stage, now: datetime, languages: Iterable[str], *, each_service: bool
) -> list[Walk]:
    """The dialogue in all circumstances; if so wished, every service in the usual ones."""
    return [
        walk(stage, each, language, each_service=each_service and each.name == "usual")
        for language in languages
        for each in situations(stage.calendar, now, language)
    ]


def walk(stage: Stage, situation: Situation, language: str, *, each_service: bool) -> Walk:
    """Every passage between questions in a language, reached with as few keys as can be.

    Where not `each_service`, questions that differ in the service only are asked once.
    """
    (first,) = stage.turns(situation, ())
    passages: list[Passage] = []
    order = itertools.count()
    seen = {_likeness(first, each_service=each_service)}
    queue: list[tuple[int, int, tuple[Reply, ...]]] = [(0, next(order), ())]
    while queue:
        presses, _, way = heapq.heappop(queue)
        for passage in _passages(stage, situation, way):
            passages.append(passage)
            alike = _likeness(passage.after, each_service=each_service)
            if alike not in seen and passage.after.language == language:
                seen.add(alike)
                heapq.heappush(queue, (presses + passage.reply.presses, next(order), passage.way))
    return Walk(situation, language, first, tuple(passages))


def _passages(stage: Stage, situation: Situation, way: tuple[Reply, ...]) -> Iterator[Passage]:
    """Every reply at the end of a way."""
    with stage.call(situation) as performance:
        for reply in way:
            performance.hear(reply.answers)
        before = performance.call
        for reply in replies(stage, performance):
            after = performance.aside(reply.answers)
            found = Passage(before, reply, after, (*way, reply), situation)
            anew = found.is_back and reply.said and performance.begins_anew(reply.key)
            yield replace(found, begins_anew=True) if anew else found


def replies(stage: Stage, performance: Performance) -> Iterator[Reply]:
    """What a caller can do at the question that he hears now."""
    step = performance.call.path[-1]
    question = step.ask()
    match question:
        case Farewell():
            return
        case Transfer():
            yield Reply("spoken", (Answer(transfer=min(SPOKEN_WITH)),))
            yield Reply("no_answer", (Answer(transfer="no-answer"),))
            return
        case Menu():
            keys = [*question.options, *sorted(question.hidden)]
            for key in keys:
                if key not in EVERYWHERE:
                    yield Reply(key, (Answer(key),), question.options.get(key))
        case Entry():
            props = stage.props(performance.situation)
            for example, digits in keyed_in(step, question, props):
                waits = len(digits) < question.most
                yield Reply(example.word, (Answer(digits),), waits=waits)
    yield from _everywhere(question)


def _everywhere(question: Menu | Entry) -> Iterator[Reply]:
    wrong = next(key for key in (*"123456789", "00") if not question.accepts(key))
    for key in ("0", "*", "#"):
        yield Reply(key, (Answer(key),))
    yield Reply(SILENCE, (Answer(),) * MOST_MISSES)
    yield Reply(WRONG, (Answer(wrong),) * MOST_MISSES)


def _likeness(call: Call, *, each_service: bool) -> str:
    """What a step is, without what differs from call to call: times, numbers, what is told."""
    step = call.path[-1]
    fields = json.loads(encode((step,)))[0]
    return json.dumps([call.language, _without(fields, each_service=each_service)])


def _without(value: object, *, each_service: bool) -> object:
    match value:
        case dict():
            left_out = {"notice"} if each_service else {"notice", "service"}
            return {
                key: _without(each, each_service=each_service)
                for key, each in value.items()
                if key not in left_out
            }
        case list():
            inside = [_without(each, each_service=each_service) for each in value]
            return sorted({json.dumps(each) for each in inside})
        case bool():
            return value
        case int():
            return None
        case str() if _CHANGING.fullmatch(value):
            return None
    return value

"""What every way to a booking asks of a caller, measured in calls that are played."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ivr.booking import Booked
from ivr.calls import Call
from ivr.questions import Menu
from ivr.rehearsal import hearing
from ivr.rehearsal.stage import Stage
from ivr.rehearsal.walk import Passage, Walk
from ivr.step import Step, encode


@dataclass(frozen=True)
class Figures:
    """The way to a booked appointment with the fewest keys, for one person.

    `menus` is how many there are between the greeting and the choice of the service.
    """

    service: str
    language: str
    keys: str
    presses: int
    menus: int
    seconds: float
    longest_turn: float
    first_option: float
    options: int


@dataclass(frozen=True)
class Extreme:
    """The most that is found anywhere in the dialogue, and at which step."""

    figure: float
    step: str
    language: str


def figures(stage: Stage, found: Walk, language: str) -> list[Figures]:
    """For every service to which the dialogue leads, in the order of the municipality's file."""
    ways: dict[str, Passage] = {}
    for passage in found.passages:
        if isinstance(passage.target, Booked) and passage.after.language == language:
            ways.setdefault(service_of(passage.target), passage)
    known = [service for service in stage.calendar.municipality.services if service in ways]
    return [_figures(stage, service, ways[service]) for service in known]


def service_of(step: Step) -> str:
    """The service that a step is about; empty where none has been chosen."""
    return next(_services(json.loads(encode((step,)))), "")


def _services(value: object) -> Iterator[str]:
    inside: Iterable[object] = ()
    if isinstance(value, dict):
        if isinstance(found := value.get("service"), str):
            yield found
        inside = value.values()
    elif isinstance(value, list):
        inside = value
    for each in inside:
        yield from _services(each)


def _figures(stage: Stage, service: str, passage: Passage) -> Figures:
    speaker = stage.speaker
    turns = stage.turns(passage.situation, [reply.answers for reply in passage.way])
    greets = type(turns[0].path[-1])
    greeting = next(turn for turn in reversed(turns) if isinstance(turn.path[-1], greets))
    return Figures(
        service,
        passage.after.language,
        "".join(reply.pressed for reply in passage.way),
        passage.presses,
        _menus(turns, greeting, service),
        round(sum(hearing.seconds(hearing.words(speaker, turn)) for turn in turns), 1),
        max(hearing.seconds(hearing.words(speaker, turn)) for turn in turns if hearing.waits(turn)),
        hearing.first_option(speaker, greeting),
        max(hearing.options(speaker, turn) for turn in turns),
    )


def _menus(turns: list[Call], greeting: Call, service: str) -> int:
    """How many menus there are after the greeting until the service is known."""
    asked = turns[turns.index(greeting) + 1 :]
    known = next(n for n, turn in enumerate(asked) if service_of(turn.path[-1]) == service)
    return sum(isinstance(turn.path[-1].ask(), Menu) for turn in asked[:known])


def most(stage: Stage, walks: Iterable[Walk]) -> dict[str, Extreme]:
    """The longest turn that waits for a key, the largest menu, and the most times, anywhere."""
    heard: dict[tuple[str, str], Call] = {}
    for found in walks:
        for call in found.calls:
            heard.setdefault((hearing.words(stage.speaker, call), call.language), call)
    waiting = [call for call in heard.values() if hearing.waits(call)]
    measures = {
        "longest_turn": lambda call: hearing.seconds(hearing.words(stage.speaker, call)),
        "options": lambda call: hearing.options(stage.speaker, call),
        "times": hearing.times,
    }
    extremes = {}
    for name, measure in measures.items():
        call = max(waiting, key=measure)
        extremes[name] = Extreme(measure(call), type(call.path[-1]).__name__, call.language)
    return extremes

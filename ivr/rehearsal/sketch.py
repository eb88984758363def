"""What stands on the chart: a box for each step, with a row for each thing that a caller can do."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ivr.questions import Farewell
from ivr.rehearsal.printed import Printed
from ivr.rehearsal.rows import LEADS_ELSEWHERE, Row, rows, target_of
from ivr.rehearsal.walk import Passage, Walk
from ivr.step import Step


@dataclass
class Box:
    """A step: its name in the source and on paper, the first words that are said, its rows."""

    name: str
    title: str
    opening: str
    ends: bool
    rows: list[Row] = field(default_factory=list)
    is_shared: bool = False
    """Whether every question leads here."""


@dataclass(frozen=True)
class Sketch:
    """The whole dialogue. `spine` are the steps on the way to the first service of the file.

    `everywhere` says where the keys of every question lead, in the hours and after them.
    """

    boxes: Mapping[str, Box]
    spine: tuple[str, ...]
    everywhere: Mapping[tuple[str, bool], str]


def sketch(walks: Sequence[Walk], printed: Printed, spine: tuple[str, ...]) -> Sketch:
    """The dialogue as it was walked in one language; raises NoWords."""
    passages = [passage for each in walks for passage in each.passages]
    boxes: dict[str, Box] = {}
    for call in (call for each in walks for call in each.calls):
        step = call.path[-1]
        if _name(step) not in boxes and call.language == walks[0].language:
            ends = isinstance(step.ask(), Farewell)
            boxes[_name(step)] = Box(
                _name(step), printed.title(_name(step)), printed.opening(step), ends
            )
    everywhere = _everywhere(passages)
    for name, box in boxes.items():
        own = [passage for passage in passages if _name(passage.source) == name]
        box.rows = rows(own, everywhere, printed)
        box.is_shared = name in everywhere.values()
    return Sketch(boxes, spine, everywhere)


def _name(step: Step) -> str:
    return type(step).__name__


def _everywhere(passages: Iterable[Passage]) -> dict[tuple[str, bool], str]:
    """Where most questions lead with the keys that they have in common."""
    counted: dict[tuple[str, bool], Counter[str]] = {}
    for source, key, is_open, target in sorted(
        {
            (_name(each.source), each.reply.key, each.situation.is_open, target_of(each))
            for each in passages
            if each.reply.key in LEADS_ELSEWHERE
        }
    ):
        del source
        counted.setdefault((key, is_open), Counter())[target] += 1
    return {which: targets.most_common(1)[0][0] for which, targets in counted.items()}

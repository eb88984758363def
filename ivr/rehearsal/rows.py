"""The rows of a box on the chart: what a caller can do at a step, and where that leads."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ivr.questions import Clock
from ivr.rehearsal.printed import Printed
from ivr.rehearsal.walk import EVERYWHERE, SILENCE, WRONG, Passage

LEADS_ELSEWHERE = ("0", SILENCE, WRONG)
"""What holds for every question and leads away from it."""

Everywhere = Mapping[tuple[str, bool], str]
"""Where these lead at most steps, by whether the telephone is answered all the time."""

_ORDINARY = frozenset({"usual", "closed", "closing"})
"""The circumstances that need not be named."""


@dataclass(frozen=True)
class Row:
    """Replies that lead to one step; to the one before where there is no `target`."""

    replies: tuple[str, ...]
    label: str
    target: str

    @property
    def keys(self) -> tuple[str, ...]:
        """Those of the replies that are single keys."""
        return tuple(each for each in self.replies if len(each) == 1)


@dataclass(frozen=True)
class _Edge:
    """Where a reply leads; `when` says in which circumstances, where they are not the usual ones.

    `kinds` are the sentences by which the line offers it.
    """

    reply: str
    target: str
    when: str
    kinds: frozenset[str]
    labels: tuple[str, ...]

    def belongs(self, others: Sequence["_Edge"]) -> bool:
        """Whether it is one of these choices, which lead the same way."""
        return any(
            (self.target, self.when) == (other.target, other.when) and self.kinds & other.kinds
            for other in others
        )


def target_of(passage: Passage) -> str:
    """The name of the step to which a passage leads; empty where it is the one before.

    Back to the first step of all is a new beginning, also where that is one step back.
    """
    is_step_back = passage.is_back and not passage.begins_anew
    return "" if is_step_back else type(passage.target).__name__


def rows(passages: Sequence[Passage], everywhere: Everywhere, printed: Printed) -> list[Row]:
    """The rows of one step, without what holds for every step."""
    groups: list[list[_Edge]] = []
    for edge in _edges(passages, everywhere, printed):
        fits = [group for group in groups if edge.belongs(group)]
        groups = [group for group in groups if group not in fits]
        groups.append([*(each for group in fits for each in group), edge])
    found = [_row(group, printed) for group in groups]
    return sorted(found, key=lambda row: (row.replies[0] in EVERYWHERE, row.keys))


def _row(group: Sequence[_Edge], printed: Printed) -> Row:
    replies = tuple(sorted({edge.reply for edge in group}))
    if group[0].when:
        label = group[0].when
    elif set(replies) <= set(LEADS_ELSEWHERE):
        label = printed.habits(replies)
    else:
        label = printed.several(each for edge in group for each in edge.labels)
    return Row(replies, label, group[0].target)


def _edges(
    passages: Sequence[Passage], everywhere: Everywhere, printed: Printed
) -> Iterator[_Edge]:
    found: dict[tuple[str, str], list[Passage]] = {}
    for each in passages:
        if each.reply.key not in {"*", "#"}:
            found.setdefault((each.reply.key, target_of(each)), []).append(each)
    for (reply, target), several in found.items():
        others = {other: found[key, other] for key, other in found if key == reply}
        del others[target]
        if not _is_told_once(reply, target, others, everywhere):
            when = printed.when(_names(several)) if _is_special(several, others) else ""
            labels = tuple(dict.fromkeys(map(printed.label, several)))
            yield _Edge(reply, target, when, _kinds(several), labels)


def _is_told_once(reply: str, target: str, others: Iterable[str], everywhere: Everywhere) -> bool:
    """Whether the legend says so for all steps: the keys of every question, and after hours."""
    if reply in LEADS_ELSEWHERE:
        return target in {everywhere.get((reply, is_open)) for is_open in (True, False)}
    return target == everywhere.get(("0", False)) and everywhere["0", True] in others


def _is_special(several: Sequence[Passage], others: Mapping[str, Sequence[Passage]]) -> bool:
    """Whether this happens in unusual circumstances only, and something else in the usual ones."""
    elsewhere = any(_names(each) & _ORDINARY for each in others.values())
    return elsewhere and not _names(several) & _ORDINARY


def _names(passages: Iterable[Passage]) -> set[str]:
    return {each.situation.name for each in passages}


def _kinds(passages: Iterable[Passage]) -> frozenset[str]:
    return frozenset(_kind(each) for each in passages)


def _kind(passage: Passage) -> str:
    reply = passage.reply
    if reply.said:
        is_time = any(isinstance(value, Clock) for value in reply.said.values.values())
        return "time" if is_time else reply.said.key
    if reply.key in LEADS_ELSEWHERE:
        return "habit"
    return "number" if reply.key.isdigit() else reply.key

"""The arrows of the chart: from the rows of boxes through the gaps between columns.

All arrows to one step are one line there, with a track of its own; only tracks and lines cross.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ivr.rehearsal.placing import BOX, Places, Port

STUB = 34.0
"""Room beside each column for the numbers that stand in place of arrows."""

_TRACK = 7.0
_HEAD = 20.0


@dataclass
class Line:
    """All arrows to a step in one gap: the heights at which they come, and at which it goes on."""

    target: str
    gap: int
    comes: list[float]
    goes: float
    arrives: bool
    track: int = 0

    @property
    def span(self) -> tuple[float, float]:
        """How far its track reaches."""
        return min(*self.comes, self.goes), max(*self.comes, self.goes)


@dataclass(frozen=True)
class Routes:
    """The lines of every gap, and where columns begin."""

    lines: Sequence[Line]
    left: Sequence[float] = field(default_factory=tuple)

    def track(self, line: Line) -> float:
        """Where the track of a line is."""
        return self.left[line.gap] + BOX + STUB + line.track * _TRACK


def routes(places: Places) -> Routes:
    """Routes for all arrows that are drawn."""
    count = 1 + max(each.column for each in places.boxes.values())
    found: list[Line] = []
    left = [0.0]
    for gap in range(count):
        lines = list(_lines(places, gap))
        tracks = _tracks(lines)
        found += lines
        left.append(left[-1] + BOX + STUB + tracks * _TRACK + _HEAD)
    return Routes(found, left)


def drawn(places: Places, name: str) -> Iterator[Port]:
    """The rows of a step that have an arrow of their own."""
    for port in places.boxes[name].drawn.ports:
        if places.columns.is_drawn(name, port.row):
            yield port


def _lines(places: Places, gap: int) -> Iterator[Line]:
    for target, to in places.boxes.items():
        comes = [
            each.top + port.leaves
            for name, each in places.boxes.items()
            if each.column == gap
            for port in drawn(places, name)
            if port.row.target == target
        ]
        comes += [places.passes[key] for key in [(target, gap)] if key in places.passes]
        if comes and to.column > gap:
            arrives = to.column == gap + 1
            goes = to.enters if arrives else places.passes[target, gap + 1]
            yield Line(target, gap, comes, goes, arrives)


def _tracks(lines: Sequence[Line]) -> int:
    """Gives each line the first track that is free along all of its span; how many there are."""
    ends: list[float] = []
    for line in sorted(lines, key=lambda line: line.span):
        top, bottom = line.span
        line.track = next((n for n, end in enumerate(ends) if end < top), len(ends))
        ends[line.track : line.track + 1] = [bottom]
    return len(ends)

"""Where boxes stand on the paper, and how high they are with all their lines.

Everything is on a raster of lines: arrows leave a box in the middle of a line, enter one between
two, and pass by at a quarter, so that no two of them ever run over each other.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from ivr.rehearsal.columns import APART, GREETED, SPINE, Columns
from ivr.rehearsal.lettering import width, wrapped
from ivr.rehearsal.rows import Row
from ivr.rehearsal.sketch import Box

LINE = 12.0
TEXT, TITLE = 9.0, 10.5
BOX = 166.0
MARGIN = 6.0
CAP = 15.0
NUMBER = 20.0
HEADING = 5 * LINE
_BETWEEN = 2 * LINE
_QUARTERS = (0.25 * LINE, 0.75 * LINE)
"""Where arrows pass a column by, in turns: in two that are neighbours never at one height."""


@dataclass(frozen=True)
class Port:
    """A row of a box as it is printed: its lines, and the height at which its arrow leaves."""

    row: Row
    lines: tuple[str, ...]
    top: float
    """From the top of the box."""

    @property
    def leaves(self) -> float:
        """Where the arrow is, from the top of the box."""
        return self.top + LINE / 2


@dataclass(frozen=True)
class Drawn:
    """A box with its lines broken."""

    box: Box
    title: tuple[str, ...]
    opening: tuple[str, ...]
    ports: tuple[Port, ...]

    @property
    def height(self) -> float:
        """In whole lines."""
        lines = sum(len(port.lines) for port in self.ports)
        return LINE * (len(self.title) + len(self.opening) + lines + 2)


@dataclass(frozen=True)
class Placed:
    """A box on the paper; its left edge depends on the arrows, so it is a column still."""

    number: int
    drawn: Drawn
    column: int
    top: float

    @property
    def bottom(self) -> float:
        """Where it ends."""
        return self.top + self.drawn.height

    @property
    def enters(self) -> float:
        """The height at which arrows come in."""
        return self.top + LINE


def keys(row: Row) -> str:
    """The keys of a row as they are printed: "1-4", "1, 3"."""
    numbers = [int(each) for each in row.keys if each.isdigit()]
    if len(numbers) > 2 and numbers == list(range(numbers[0], numbers[-1] + 1)):  # noqa: PLR2004
        return f"{numbers[0]}–{numbers[-1]}"  # noqa: RUF001  a range
    return ", ".join(row.keys)


def cap(row: Row) -> float:
    """How wide the cap with the keys of a row is."""
    return max(CAP, width(keys(row), TEXT, bold=True) + 2 * MARGIN) if row.keys else 0.0


def draw(box: Box) -> Drawn:
    """The box, with its texts broken into lines."""
    title = wrapped(box.title, TITLE, BOX - NUMBER - 2 * MARGIN, bold=True)
    opening = wrapped(box.opening, TEXT, BOX - 2 * MARGIN)
    top = LINE * (len(title) + len(opening) + 1)
    ports = []
    for row in box.rows:
        lines = wrapped(row.label, TEXT, BOX - cap(row) - 3 * MARGIN)
        ports.append(Port(row, tuple(lines), top))
        top += LINE * len(lines)
    return Drawn(box, tuple(title), tuple(opening), tuple(ports))


@dataclass(frozen=True)
class Places:
    """Every box, and by target and column the heights at which arrows pass other columns by."""

    boxes: Mapping[str, Placed]
    passes: Mapping[tuple[str, int], float]
    columns: Columns


def place(columns: Columns, legend: float) -> Places:
    """Puts boxes below each other, near to where their arrows come from.

    `legend` is the height of what stands below the first box.
    """
    placing = _Placing(columns)
    placing.band((SPINE, GREETED), HEADING + 2 * LINE, legend)
    placing.band((APART,), placing.lowest + 2 * _BETWEEN, 0)
    order = sorted(placing.tops, key=placing.reading_order)
    boxes = {
        name: Placed(n, placing.drawn[name], columns.column[name], placing.tops[name])
        for n, name in enumerate(order, 1)
    }
    return Places(boxes, placing.passes, columns)


class _Placing:
    def __init__(self, columns: Columns) -> None:
        self.columns = columns
        self.drawn = {name: draw(box) for name, box in columns.sketch.boxes.items()}
        self.tops: dict[str, float] = {}
        self.passes: dict[tuple[str, int], float] = {}
        self.lowest = 0.0

    def reading_order(self, name: str) -> tuple[bool, int, float]:
        """Band by band, column by column, from above."""
        apart = self.columns.band[name] == APART
        return apart, self.columns.column[name], self.tops[name]

    def band(self, bands: tuple[int, ...], top: float, legend: float) -> None:
        """Places the boxes of some bands, from the left to the right."""
        names = [name for name in self.drawn if self.columns.band[name] in bands]
        for column in range(1 + max(self.columns.column[name] for name in names)):
            here = [name for name in names if self.columns.column[name] == column]
            by = self._passing(names, column)
            above = [name for name in by if self.columns.band[name] == SPINE]
            for n, name in enumerate(above):
                self.passes[name, column] = top - (2 - n) * LINE + _QUARTERS[column % 2]
            below = [(self._wanted(name, column), name) for name in (*here, *by)]
            cursor, after_pass = top, False
            for wanted, name in sorted(each for each in below if each[1] not in above):
                cursor += LINE if after_pass and name in here else 0
                cursor = self._put(name, column, max(cursor, wanted), is_box=name in here)
                cursor += legend if column == 0 else 0
                after_pass = name not in here
        ends = [self.tops[name] + self.drawn[name].height for name in names]
        self.lowest = max(*ends, cursor)

    def _put(self, name: str, column: int, top: float, *, is_box: bool) -> float:
        """Places a box, or where an arrow to it passes; where the next can be."""
        if not is_box:
            self.passes[name, column] = top + _QUARTERS[column % 2]
            return top + LINE
        self.tops[name] = top
        return top + self.drawn[name].height + _BETWEEN

    def _wanted(self, name: str, column: int) -> float:
        """The height from which the first arrow to a box comes, on the raster."""
        if self.columns.band[name] == SPINE and self.columns.column[name] == column:
            return 0.0
        comes = [
            self.tops[source] + port.leaves
            for source, port in self.arrows(name)
            if self.columns.column[source] == column - 1 and source in self.tops
        ]
        comes += [y for (to, at), y in self.passes.items() if (to, at) == (name, column - 1)]
        return (min(comes, default=LINE) // LINE - 1) * LINE

    def arrows(self, name: str) -> list[tuple[str, Port]]:
        """The rows whose arrows lead to a step."""
        return [
            (source, port)
            for source, drawn in self.drawn.items()
            for port in drawn.ports
            if port.row.target == name and self.columns.is_drawn(source, port.row)
        ]

    def _passing(self, names: list[str], column: int) -> list[str]:
        """The steps to which an arrow passes a column by."""
        at = self.columns.column
        return [
            name
            for name in names
            if any(at[source] < column < at[name] for source, _ in self.arrows(name))
        ]

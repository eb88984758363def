"""In which column and band of the chart each step stands, and which rows are drawn as arrows."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ivr.rehearsal.rows import Row
from ivr.rehearsal.sketch import Sketch

_LONGEST = 3
"""An arrow over more columns is hard to follow: a number stands in its place."""

SPINE, GREETED, APART = range(3)
"""Bands: the way to the first service, what else follows the greeting, and the rest."""


@dataclass(frozen=True)
class Columns:
    """Where steps stand: the column and the band of each."""

    column: Mapping[str, int]
    band: Mapping[str, int]
    sketch: Sketch

    def is_drawn(self, source: str, row: Row) -> bool:
        """Whether a row has an arrow all the way to its step, which stands to the right."""
        if not row.target or self.sketch.boxes[row.target].is_shared:
            return False
        apart = APART in (bands := (self.band[source], self.band[row.target]))
        same = bands[0] == bands[1] or not apart
        return same and 1 <= self.column[row.target] - self.column[source] <= _LONGEST


def columns(sketch: Sketch) -> Columns:
    """Columns from left to right in the order of a call; the spine gives the direction."""
    column = {name: n for n, name in enumerate(sketch.spine)}
    leads = {name: [to for to in _leads(sketch, name) if to != name] for name in sketch.boxes}
    greeted = _reached(leads, sketch.spine[0])
    band = {
        name: SPINE if name in column else GREETED if name in greeted else APART
        for name in sketch.boxes
    }
    for name in _in_order(sketch, leads):
        from_spine = [column[each] for each in sketch.spine if name in leads[each]]
        before = [
            column[each] for each in column if name in leads[each] and band[each] == band[name]
        ]
        column.setdefault(name, 1 + max(from_spine or before, default=-1))
    return Columns(column, band, sketch)


def _leads(sketch: Sketch, name: str) -> Iterator[str]:
    for row in sketch.boxes[name].rows:
        if row.target and not sketch.boxes[row.target].is_shared:
            yield row.target


def _reached(leads: Mapping[str, list[str]], first: str) -> set[str]:
    """Every step to which the first one leads, at once or later."""
    found = {first}
    queue = [first]
    while queue:
        new = [each for each in leads[queue.pop()] if each not in found]
        found.update(new)
        queue += new
    return found


def _in_order(sketch: Sketch, leads: Mapping[str, list[str]]) -> list[str]:
    """The steps, each after those that lead to it, as far as they do not go in circles."""
    done: list[str] = []
    begun: set[str] = set()

    def visit(name: str) -> None:
        if name in begun:
            return
        begun.add(name)
        for each in leads[name]:
            visit(each)
        done.append(name)

    entries = {each for several in leads.values() for each in several}
    for name in (*sketch.spine[:1], *(each for each in sketch.boxes if each not in entries)):
        visit(name)
    for name in sketch.boxes:
        visit(name)
    return done[::-1]

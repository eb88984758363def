"""The report on what callers experience: a table, and which limits are passed."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime

from ivr.rehearsal.figures import Extreme, Figures, figures, most
from ivr.rehearsal.limits import NAMES, passed
from ivr.rehearsal.situations import opens
from ivr.rehearsal.stage import stage
from ivr.rehearsal.walk import walks
from scheduling.calendar import Calendar

_COLUMNS = {
    "service": "service",
    "language": "language",
    "keys": "keys",
    "presses": "presses",
    "menus": "menus",
    "seconds": "whole call (s)",
    "longest_turn": "longest turn (s)",
    "first_option": "first option (s)",
    "options": "largest menu",
}
_NUMBERS = frozenset(_COLUMNS) - {"service", "language", "keys"}


@dataclass(frozen=True)
class Report:
    """What every way to a booking asks of a caller, and the most that is asked anywhere."""

    at: datetime
    ways: tuple[Figures, ...]
    anywhere: dict[str, Extreme]
    passed: tuple[str, ...]

    def as_json(self) -> dict[str, object]:
        """For other programs."""
        return asdict(self) | {"at": self.at.isoformat()}

    def lines(self) -> Iterator[str]:
        """A table that can be read in a terminal, and pasted into a page of Markdown."""
        rows = [[_shown(getattr(way, name)) for name in _COLUMNS] for way in self.ways]
        titles = list(_COLUMNS.values())
        widths = [max(map(len, column)) for column in zip(titles, *rows, strict=True)]
        shifts = [str.rjust if name in _NUMBERS else str.ljust for name in _COLUMNS]
        rule = [
            "-" * (width - 1) + (":" if name in _NUMBERS else "-")
            for name, width in zip(_COLUMNS, widths, strict=True)
        ]
        for row in (titles, rule, *rows):
            cells = (
                shift(cell, width) for cell, width, shift in zip(row, widths, shifts, strict=True)
            )
            yield f"| {' | '.join(cells)} |"
        yield ""
        yield "The most that is asked anywhere:"
        for name, what in NAMES.items():
            found = self.anywhere[name]
            yield f"- {found.figure:g} {what} ({found.step}, {found.language})"


def _shown(figure: object) -> str:
    return f"{figure:.1f}" if isinstance(figure, float) else str(figure)


def report(calendar: Calendar, now: datetime) -> Report:
    """Plays every way to a booking; raises NeverOpen, NothingToBook and NoExample."""
    municipality = calendar.municipality
    with stage(calendar, now) as played:
        found = walks(played, now, municipality.languages, each_service=True)
        usual = {each.language: each for each in found if each.situation.name == "usual"}
        ways = [way for language, walk in usual.items() for way in figures(played, walk, language)]
        anywhere = most(played, found)
    at = opens(calendar, now).astimezone(calendar.zone)
    return Report(at, tuple(ways), anywhere, passed(municipality, ways, anywhere))

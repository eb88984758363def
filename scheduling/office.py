"""What every command of the appointment book shares: the office, days, and errors in a sentence."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

import click

from scheduling.calendar import Calendar
from scheduling.database import Database
from scheduling.errors import DatabaseAway


@dataclass(frozen=True)
class Office:
    """What a command needs: the book's database, the calendar, and the clock (UTC)."""

    database: Database
    calendar: Calendar
    clock: Callable[[], datetime]

    @property
    def today(self) -> date:
        """The municipality's day."""
        return self.calendar.day_of(self.clock())


class LocalDate(click.ParamType[date]):
    """A day, written as 2026-12-31."""

    name = "date"

    def convert(
        self, value: str | date, param: click.Parameter | None, ctx: click.Context | None
    ) -> date:
        """The day; fails with what to write."""
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a day; write it as 2026-12-31", param, ctx)


class BookCommand(click.Command):
    """A command that says in a sentence that the database is away."""

    def invoke(self, ctx: click.Context) -> object:
        """Runs it; ends with status 1 and the sentence where the database does not answer."""
        try:
            return super().invoke(ctx)
        except DatabaseAway as away:
            raise click.ClickException(f"DATABASE_URL: {away.reason}: {away}") from away


class BookGroup(BookCommand, click.Group):
    """A group of commands that say so too."""


as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON, for other programs.")

"""What the employees' pages need of the rest of the application; app.py hands it in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from flask import current_app

from scheduling.calendar import Calendar
from scheduling.database import Database

LANGUAGE = "nl"
"""The language of the pages."""


class LiveCall(Protocol):
    """A call that is in the flow now."""

    @property
    def step(self) -> str:
        """Where the caller is, in plain words."""

    @property
    def language(self) -> str:
        """The language in which he hears the line."""

    @property
    def since(self) -> datetime:
        """When he came to this step (UTC)."""


@dataclass(frozen=True)
class BackOffice:
    """The book's database, the calendar, the clock (UTC), and who is on the line."""

    database: Database
    calendar: Calendar
    clock: Callable[[], datetime]
    live_calls: Callable[[datetime], Sequence[LiveCall]]

    @property
    def today(self) -> date:
        """The municipality's day."""
        return self.calendar.day_of(self.clock())


def office() -> BackOffice:
    """The back office of the running application."""
    found: BackOffice = current_app.extensions["back_office"]
    return found

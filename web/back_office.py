"""What the employees' pages need of the rest of the application; app.py hands it in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Protocol

from flask import current_app

from scheduling.calendar import Calendar
from scheduling.database import Database
from scheduling.handovers import Handover
from scheduling.openings import Wish
from web.openid import OpenID

LANGUAGE = "nl"
"""The language of the pages."""


class LiveCall(Protocol):
    """A call that is in the flow now."""

    @property
    def sid(self) -> str:
        """Its id, as the log has it."""

    @property
    def wish(self) -> Wish | None:
        """What the caller chose last."""

    @property
    def told(self) -> str:
        """What an employee hears of the caller who is rung for him."""

    @property
    def talks(self) -> bool:
        """Whether he talks with an employee now."""

    @property
    def step(self) -> str:
        """Where the caller is, in plain words."""

    @property
    def language(self) -> str:
        """The language in which he hears the line."""

    @property
    def since(self) -> datetime:
        """When he came to this step (UTC)."""


class SentBack(Protocol):
    """What became of a caller who was to be sent back into the flow.

    The name of the outcome is SENT, GONE (he has hung up), AWAY (to try again is safe), REFUSED or
    NO_ACCOUNT; the code is that of the handover, empty where none was made.
    """

    @property
    def outcome(self) -> Enum:
        """One of these."""

    @property
    def code(self) -> str:
        """Nine digits."""


class WayBack(Protocol):
    """Sends callers back into the flow who talk with an agent."""

    def send(self, sid: str, handover: Handover) -> SentBack:
        """Sends the caller of a call, with what the agent knows."""

    def repeat(self, sid: str, code: str) -> Enum:
        """Tries again; its outcome."""


class Token(Protocol):
    """Signs the code of a handover for exchanges that send a header."""

    def __call__(self, code: str, *, expires_at: datetime) -> str:
        """The header's value."""


@dataclass(frozen=True)
class BackOffice:
    """The book's database, the calendar, the clock (UTC), who is on the line, and the way back.

    `token` signs handovers; `openid` is how employees sign in with the municipality's own accounts,
    where they can.
    """

    database: Database
    calendar: Calendar
    clock: Callable[[], datetime]
    live_calls: Callable[[datetime], Sequence[LiveCall]]
    way_back: WayBack
    token: Token
    openid: OpenID | None = None

    @property
    def today(self) -> date:
        """The municipality's day."""
        return self.calendar.day_of(self.clock())


def office() -> BackOffice:
    """The back office of the running application."""
    found: BackOffice = current_app.extensions["back_office"]
    return found

"""What carries text messages: how a message is handed over, and what can come of that."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Protocol

from msgspec import Struct

from ivr.twilio_account import Account

STATES: Mapping[str, str] = {
    "queued": "sent",
    "accepted": "sent",
    "scheduled": "sent",
    "sending": "sent",
    "sent": "sent",
    "delivered": "delivered",
    "read": "delivered",
    "partially_delivered": "delivered",
    "undelivered": "failed",
    "failed": "failed",
    "canceled": "failed",
}
"""What Twilio calls the status of a message, and the state of the outbox that it means."""


class Found(Struct, frozen=True):
    """A message that the carrier has: its id there, its state, and its error where it failed."""

    sid: str
    state: str = "sent"
    error: str | None = None


class Gateway(Protocol):
    """Carries text messages; raises a NotSent where it has not."""

    def send(self, row: int, to: str, body: str) -> str:
        """Hands over a message, which is ours by the number of its row; its id there."""

    def find(self, to: str, body: str, since: datetime) -> list[Found]:
        """The messages with this body that were handed over since."""


class NotSent(Exception):  # noqa: N818  named for what happened
    """A message was not handed over as far as we know; `error` is short and names nobody."""

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error[:10]


class Refused(NotSent):
    """The carrier will not take it, now or later: say, the number is a landline (21614)."""


class Busy(NotSent):
    """The carrier did not look at it, and wants to be asked again, not before `wait` is over."""

    def __init__(self, error: str, wait: timedelta) -> None:
        super().__init__(error)
        self.wait = wait


class Unsure(NotSent):
    """Nobody knows whether the carrier has it: no answer came, or one that means nothing."""


class WrongAccount(NotSent):
    """The carrier takes nothing from us: the account, its token or the sender is wrong."""


def connected(account: Account, sender: str, public_url: str) -> Gateway:
    """The messages of an account, which sends from a number or a name."""
    # A quarter of a second of import, which only whoever sends needs.
    from ivr.twilio_messages import TwilioMessages  # noqa: PLC0415

    return TwilioMessages(account, sender, f"{public_url}/messages/status")

"""The worker that sends what is in the outbox, see `ivr.chores`.

It never holds a transaction while it waits for the carrier, and whatever goes wrong it goes on.
"""

import logging
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from ivr.gateway import Busy, Found, Gateway, NotSent, Refused, Unsure, WrongAccount
from ivr.metrics import MESSAGES, note_refusal
from ivr.texts import Texts
from scheduling import deliveries, sending
from scheduling.database import Connection, Database
from scheduling.deliveries import Report
from scheduling.message_limits import Limits
from scheduling.sending import Claim

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)
"""How long a sender has a message to himself: many times longer than the carrier may take."""

SOON, LATER, MUCH_LATER = timedelta(seconds=2), timedelta(seconds=30), timedelta(minutes=15)
"""When to try again, at first: after a 429; after no answer, so that a message that was accepted
shows in the carrier's list by then; and where the account is wrong."""

_REST = 0.05
"""The part of a look that a sender rests after each message: callers come in between."""

_PAUSES = {Refused: 0, Busy: 5, Unsure: 1, WrongAccount: 60}
"""How many looks long a sender rests after each, before it takes the next message."""


@dataclass(frozen=True)
class Sender:
    """Sends messages, one after another; `looks` is the seconds between two looks for more."""

    database: Database
    texts: Texts
    gateway: Gateway
    clock: Callable[[], datetime]
    looks: float = 1

    def run(self, stopping: threading.Event) -> None:
        """Sends until it is told to stop."""
        pause = 0.0
        while not stopping.wait(pause):
            try:
                pause = max(self.send_next(), _REST) * self.looks
            except Exception:  # the next look may go well, and nobody else sends these
                log.exception("the sender failed")
                pause = _PAUSES[Busy] * self.looks

    def send_next(self) -> int:
        """Sends what is due first; how many looks long to rest before the next."""
        now = self.clock()
        with self.database.read() as connection:
            if not sending.are_due(connection, now):
                return 1
        mine = self.database.transact(partial(sending.claim, now=now, lease=LEASE))
        if mine is None:
            return 1
        outcome = "interrupted"
        try:
            outcome = self._send(mine)
        except NotSent as error:
            outcome = f"{type(error).__name__.lower()} {error.error}"
            self._put_off(mine, error)
            return _PAUSES[type(error)]
        finally:
            MESSAGES.labels(outcome.partition(" ")[0]).inc()
            log.info("message %d: %s", mine.id, outcome)
        return 0

    def _send(self, mine: Claim) -> str:
        """Sends a message, unless the carrier has it already; what came of it."""
        if mine.tried_at is not None and (found := self._found(mine)):
            self.database.transact(partial(self._adopt, mine, found))
            return "adopted"
        of = self.texts.calendar.municipality.messages
        limits = Limits(of.most_a_day_to_a_number, of.most_a_day)
        write = self.texts.about
        begin = partial(sending.begin, mine=mine, now=self.clock(), write=write, limits=limits)
        begun = self.database.transact(begin)
        if begun.body is None:
            return "limited" if begun.limit else "dropped"
        sid = self.gateway.send(mine.id, mine.mobile, begun.body)
        self.database.transact(partial(self._adopt, mine, Found(sid)))
        return "sent"

    def _found(self, mine: Claim) -> Found | None:
        """The message where the carrier has it since somebody was interrupted in sending it."""
        found = self.gateway.find(mine.mobile, mine.body or "", mine.tried_at or self.clock())
        with self.database.read() as connection:
            return next((e for e in found if not sending.is_known(connection, e.sid)), None)

    def _adopt(self, mine: Claim, found: Found, connection: Connection) -> None:
        now = self.clock()
        sending.accepted(connection, mine.id, found.sid, now)
        if found.state != "sent":
            deliveries.note(connection, Report(found.sid, found.state, found.error), now)

    def _put_off(self, mine: Claim, error: NotSent) -> None:
        now = self.clock()
        note_refusal(error.error)
        match error:
            case Refused():
                work = partial(sending.refused, mine=mine, error=error.error, now=now)
            case Busy(wait=wait):
                until = now + max(wait, back_off(mine.attempts, SOON))
                work = partial(_later, mine, until, error)
            case WrongAccount():
                log.error("no message can be sent: Twilio refuses the account or its sender")
                work = partial(_later, mine, now + MUCH_LATER, error)
            case _:
                work = partial(_later, mine, now + back_off(mine.attempts, LATER), error)
        self.database.transact(work)


def _later(mine: Claim, until: datetime, error: NotSent, connection: Connection) -> None:
    surely_not = not isinstance(error, Unsure)
    sending.put_off(connection, mine, until, error.error, surely_not=surely_not)


def back_off(attempts: int, first: timedelta, longest: timedelta = MUCH_LATER) -> timedelta:
    """How long to wait after so many attempts: twice as long each time, and never for ever.

    The quarter more or less keeps senders from all coming back at once.
    """
    wait: timedelta = min(first * 2 ** min(attempts - 1, 20), longest)
    return wait * random.uniform(0.75, 1.25)  # noqa: S311  no secret

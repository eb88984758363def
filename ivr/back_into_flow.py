"""Back into the flow: a caller who talks with an agent is sent on by one click of the agent.

Twilio is told, by its Calls resource, to go on with the caller's call at another address: that of
the handovers, with a signed token. The caller's next words are then those of every handover.

The update may be repeated after a time-out or an error of the server, where nobody knows whether
Twilio did it: it names the same call and the same token. The token works once. If the first update
was done, the second makes Twilio ask the same address again, and the line answers with the document
that the caller is hearing, from its beginning; nothing is booked, held or counted twice. See
`Line.handed`, and `tests/ivr/test_back_into_flow.py`.
"""

import logging
import re
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from functools import partial
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from msgspec import Struct

from ivr import calls, handover_tokens, waiting
from ivr.addresses import Addresses
from ivr.metrics import note_refusal
from ivr.twilio_account import Account, Failed, Patience, persistently
from scheduling.database import Connection, Database
from scheduling.errors import Contended, DatabaseAway
from scheduling.handovers import Handover, make

if TYPE_CHECKING:
    from twilio.rest import Client  # noqa: TID251  its type only

log = logging.getLogger(__name__)

_NOT_IN_PROGRESS, _NOT_FOUND = 21220, 20404
_CALL_SID = re.compile(r"CA[0-9a-f]{32}")
"""Twilio's, and a part of the address that is asked: nothing else may stand there."""

_TOKEN_WORKS = timedelta(minutes=10)
"""Longer than Twilio takes; the handover itself works once, and ends by itself."""

_AT_ONCE = threading.BoundedSemaphore(3)
"""So many requests of a worker wait for Twilio at the most: the others answer callers."""

PATIENCE = Patience()
"""A page waits: four seconds, in which Twilio is asked twice, and more often where it is quick."""


class Outcome(Enum):
    """What became of a caller who was to be sent back."""

    SENT = "sent"
    """Twilio sends the caller to the line; the agent's own call ends."""

    GONE = "gone"
    """The caller has hung up meanwhile, or the call is none of this line: nothing to be done."""

    AWAY = "away"
    """Twilio did not answer in time, or is asked too often. The caller may still be sent: to try
    again with the same code is safe."""

    REFUSED = "refused"
    """Twilio does not let this account do it. The log says why; trying again does not help."""

    NO_ACCOUNT = "no account"
    """No Twilio account is set: this is a demo. The code can be keyed in."""


class SentBack(Struct, frozen=True):
    """What became of it, and the code of the handover; empty where none was made.

    With the code `BackIntoFlow.repeat` tries again, or the agent hands the caller over himself.
    """

    outcome: Outcome
    code: str = ""


@dataclass(frozen=True)
class BackIntoFlow:
    """Sends callers back; `secret` signs handovers, the clock tells UTC.

    Without an account nobody can be sent. Whoever waits for an outcome waits `patience.total`
    seconds at the most, whatever the network does.
    """

    database: Database
    account: Account | None
    addresses: Addresses
    secret: str = field(repr=False)
    clock: Callable[[], datetime]
    patience: Patience = PATIENCE

    def send(self, sid: str, handover: Handover) -> SentBack:
        """Notes the handover, and sends the caller of a call to it, in this order.

        Raises DatabaseAway; then nothing was sent.
        """
        code = self.database.transact(partial(self._make, sid, handover))
        return SentBack(self.repeat(sid, code), code) if code else SentBack(Outcome.GONE)

    def repeat(self, sid: str, code: str) -> Outcome:
        """Sends the caller of a call to a handover that was made before."""
        if not _CALL_SID.fullmatch(sid):
            return Outcome.GONE
        if self.account is None:
            log.warning("call %s: not sent back: no Twilio account is set", sid)
            return Outcome.NO_ACCOUNT
        if not _AT_ONCE.acquire(blocking=False):
            log.warning("call %s: not sent back yet: others wait for Twilio already", sid)
            return Outcome.AWAY
        try:
            return self._asked(self.account, sid, code)
        finally:
            _AT_ONCE.release()

    def _asked(self, account: Account, sid: str, code: str) -> Outcome:
        """What became of it, or that Twilio does not answer in time."""
        token = handover_tokens.token(code, self.secret, self.clock() + _TOKEN_WORKS)
        answers: SimpleQueue[Outcome] = SimpleQueue()
        # A thread, because to look up a host name takes as long as it likes.
        work = partial(self._work, account, sid, token, answers)
        threading.Thread(target=work, name="back into the flow", daemon=True).start()
        try:
            return answers.get(timeout=self.patience.total)
        except Empty:
            log.warning("call %s: not sent back yet: Twilio does not answer in time", sid)
            return Outcome.AWAY

    def _make(self, sid: str, handover: Handover, connection: Connection) -> str:
        """The code of a new handover; empty where no such call has come to this line."""
        if calls.find(connection, sid) is None:
            return ""
        return make(connection, handover, self.clock())

    def _work(
        self, account: Account, sid: str, token: str, answers: "SimpleQueue[Outcome]"
    ) -> None:
        outcome = Outcome.AWAY
        try:
            outcome = self._update(account, sid, token)
        except Exception:  # of which nobody thought: who waits hears of it now
            log.exception("call %s: not sent back", sid)
        finally:
            answers.put(outcome)

    def _update(self, account: Account, sid: str, token: str) -> Outcome:
        # A quarter of a second of import, which only whoever sends somebody back needs.
        from ivr.twilio_rest import Rest  # noqa: PLC0415

        def update(client: "Client") -> None:
            client.calls(sid).update(
                url=self.addresses.way_back(token),
                method="POST",
                fallback_url=self.addresses.fallback,
                fallback_method="POST",
            )

        rest = Rest(account, self.patience.answer)
        try:
            persistently(lambda: rest.ask(update), self.patience)
        except Failed as failed:
            if failed.code == _NOT_IN_PROGRESS:
                self._note_over(sid)
            return _explained(sid, failed)
        finally:
            rest.close()
        log.info("call %s: sent back into the flow", sid)
        return Outcome.SENT

    def _note_over(self, sid: str) -> None:
        """The talk is over, and nobody has told: the agent does not count as talking any more."""
        with suppress(DatabaseAway, Contended):
            self.database.transact(lambda connection: waiting.leave(connection, sid))


def _explained(sid: str, failed: Failed) -> Outcome:
    """What a failure means; the log says it in a sentence."""
    note_refusal(str(failed.code))
    if failed.code in {_NOT_IN_PROGRESS, _NOT_FOUND}:
        log.info("call %s: not sent back: the call is over (%d)", sid, failed.code)
        return Outcome.GONE
    if failed.is_busy or failed.is_unsure:
        log.warning("call %s: not sent back: %s", sid, failed.explained)
        return Outcome.AWAY
    log.error("call %s: not sent back: %s", sid, failed.explained)
    return Outcome.REFUSED

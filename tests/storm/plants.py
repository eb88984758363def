"""Bugs that are planted on purpose, each in the running application, to see that they are found."""

import threading
import time
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from queue import SimpleQueue
from typing import Any

from sqlalchemy import Connection, select, text, update

from ivr import calls
from scheduling import sending
from scheduling.book import AppointmentBook
from scheduling.bookings import Appointment
from scheduling.database import Database
from scheduling.errors import Contended
from scheduling.ledger import Ledger
from scheduling.models import capacity, seconds
from scheduling.openings import Opening

_SECONDS_TO_COMMIT = 0.02

_seen: ContextVar[dict[tuple[str, int], tuple[int, int]]] = ContextVar("seen")


def missing_claim() -> None:
    """A turn is answered as often as it is asked for, because nobody looks at its number."""

    def claim(connection: Connection, sid: str, turn: int) -> calls.Call | None:  # noqa: ARG001
        found = calls.find(connection, sid)
        if found is None or found.ended:
            return None
        here = calls.calls.c.sid == sid
        connection.execute(update(calls.calls).where(here).values(turn=found.turn + 1))
        return calls.find(connection, sid)

    calls.claim = claim


def reply_before_commit() -> None:
    """The caller hears the answer a moment before it is in the database."""
    careful: Any = Database.transact

    def transact(self: Database, work: Callable[[Connection], Any]) -> Any:  # noqa: ANN401
        answer: SimpleQueue[tuple[Any, BaseException | None]] = SimpleQueue()

        def slowly(connection: Connection) -> None:
            answer.put((work(connection), None))
            time.sleep(_SECONDS_TO_COMMIT)

        def run() -> None:
            try:
                careful(self, slowly)
            except Exception as error:  # noqa: BLE001  whatever it is, the caller is told
                answer.put((None, error))

        threading.Thread(target=run, daemon=True).start()
        result, error = answer.get()
        if error:
            raise error
        return result

    Database.transact = transact  # type: ignore[method-assign]


def check_in_python() -> None:
    """Whether there is room is looked up first, and then written down without asking again."""
    careful: Any = Database.transact

    def transact(self: Database, work: Callable[[Connection], Any]) -> Any:  # noqa: ANN401
        used = (capacity.c.pool, capacity.c.starts_at, capacity.c.used, capacity.c.spanning)
        with self.read() as connection:
            rows = connection.execute(select(*used).where(capacity.c.used > 0)).all()
        _seen.set({(row[0], seconds(row[1])): (row[2], row[3]) for row in rows})
        return careful(self, work)

    def apply(
        self: Ledger, taken: Iterable[Opening] = (), given_back: Iterable[Opening] = ()
    ) -> None:
        seen = _seen.get()
        for pool, at, more, further in self._changes(taken, given_back):
            used, spanning = seen.get((pool, at), (0, 0))
            seen[pool, at] = here = used + more, spanning + further
            if min(here) < 0:
                raise Contended("there is nothing to give back")
            values = {"pool": pool, "at": at, "used": here[0], "spanning": here[1]}
            self.connection.execute(_WRITE, values)

    Database.transact = transact  # type: ignore[method-assign]
    Ledger.apply = apply  # type: ignore[method-assign]


def dropped_messages() -> None:
    """The sender takes every message for untrue, and drops it."""
    sending._is_of_use = lambda *_: False


def silent_changes() -> None:
    """Who moves an appointment, or calls it off, gets no message of it."""
    careful: Any = AppointmentBook._tell

    def tell(self: AppointmentBook, kind: str, about: Appointment) -> None:
        if kind == "confirmation":
            careful(self, kind, about)

    AppointmentBook._tell = tell  # type: ignore[method-assign]


_WRITE = text(
    "UPDATE capacity SET used = :used, spanning = :spanning WHERE pool = :pool AND starts_at = :at"
)

PLANTS: dict[str, Callable[[], None]] = {
    "missing-claim": missing_claim,
    "reply-before-commit": reply_before_commit,
    "check-in-python": check_in_python,
    "dropped-messages": dropped_messages,
    "silent-changes": silent_changes,
}

KILLS_TO_FIND = {"reply-before-commit": 4}
"""The kills that a bug needs to be found, where it needs any."""

FOUND_BY = {
    "missing-claim": "two answers to one request",
    "reply-before-commit": "which is not in the book",
    "check-in-python": "taken, but appointments and holds take",
    "dropped-messages": "messages were dropped without a reason",
    "silent-changes": "times, and 0 messages say so",
}
"""What the judge says of each."""

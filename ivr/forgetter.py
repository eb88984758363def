"""The worker that forgets calls, see `ivr.chores`: what callers keyed in is not kept for ever.

A few calls at a time, each few in a transaction of its own, so that nobody on the line waits for
them. Whoever has kept Twilio's signed requests of a call could play it again once it is forgotten;
it is then a new call like any other.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from ivr import calls
from scheduling.database import Database
from scheduling.errors import Contended, DatabaseAway

log = logging.getLogger(__name__)

KEPT = timedelta(days=30)
"""How long a call can be looked into, from its beginning: a complaint comes within weeks."""

AT_ONCE = 50
"""Calls that are forgotten in one transaction."""

_REST, _LONG_REST = 1.0, 60.0
"""Seconds between two portions, and between two looks where nothing is left."""


@dataclass(frozen=True)
class Forgetter:
    """Forgets the calls that began long ago."""

    database: Database
    clock: Callable[[], datetime]
    at_once: int = AT_ONCE

    def run(self, stopping: threading.Event) -> None:
        """Forgets until it is told to stop."""
        pause = _REST
        while not stopping.wait(pause):
            try:
                pause = _REST if self.forget_some() else _LONG_REST
            except (DatabaseAway, Contended):  # who answers calls says so
                pause = _LONG_REST
            except Exception:  # the next look may go well
                log.exception("calls are not forgotten")
                pause = _LONG_REST

    def forget_some(self) -> int:
        """Forgets the next few calls; how many."""
        until = self.clock() - KEPT
        with self.database.read() as connection:
            if not calls.are_older(connection, until):
                return 0
        work = partial(calls.forget, until=until, most=self.at_once)
        return len(self.database.transact(work))

"""Calls that ended while the database was away: their end is written down once it is back.

Until then an employee would count as talking whom nobody talks to, and nobody would be rung.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from contextvars import copy_context

from ivr.line import Event
from scheduling.errors import Contended, DatabaseAway

log = logging.getLogger(__name__)


class Endings:
    """The ends that are still to be written down, by `end`; every `pause` seconds it is tried."""

    def __init__(self, end: Callable[[Event], object], pause: float = 5) -> None:
        self._end, self._pause = end, pause
        self._left: deque[Event] = deque()
        self._lock = threading.Lock()
        self._is_working = False

    def add(self, event: Event) -> None:
        """Remembers one that could not be written down."""
        with self._lock:
            self._left.append(event)
            if self._is_working:
                return
            self._is_working = True
        work = copy_context().run  # the log names the municipality
        threading.Thread(target=work, args=(self._work,), name="endings", daemon=True).start()

    def _work(self) -> None:
        while True:
            time.sleep(self._pause)
            with suppress(DatabaseAway, Contended):  # who answers calls says so
                self._write_down()
            with self._lock:
                if not self._left:
                    self._is_working = False
                    return

    def _write_down(self) -> None:
        while self._left:
            try:
                self._end(self._left[0])
            except (DatabaseAway, Contended):
                raise
            except Exception:  # it would fail again, and those behind it wait
                log.exception("call %s: end failed", self._left[0].sid)
            self._left.popleft()

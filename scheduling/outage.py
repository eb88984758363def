"""An outage in which nothing answers: one asks now and then, nobody else waits for it."""

import threading
import time

_NOTICED_AFTER = 1.0
"""Who fails sooner was told that the database is away, and costs nobody any time."""

_BETWEEN_TRIES = 1.0


class Outage:
    """Whether the database was last seen to hang, and whose turn it is to look again."""

    def __init__(self) -> None:
        self.is_on = False
        self.reason = ""
        self._next_try = 0.0
        self._lock = threading.Lock()

    def must_not_wait(self) -> bool:
        """Whether to fail at once; False for the one who is to look whether it is over."""
        if not self.is_on:
            return False
        with self._lock:
            now = time.monotonic()
            if now < self._next_try:
                return True
            self._next_try = now + 10 * _BETWEEN_TRIES  # while this one looks
            return False

    def failed(self, seconds: float, reason: str) -> None:
        """Somebody heard nothing for so long; the reason is for those who do not wait."""
        self.reason = reason
        if self.is_on or seconds >= _NOTICED_AFTER:
            self.is_on, self._next_try = True, time.monotonic() + _BETWEEN_TRIES

    def is_over(self) -> None:
        """Somebody was answered."""
        self.is_on = False

"""How long the database took: waiting for one's turn to write, statements of turns, the commit."""

import threading
from time import perf_counter


class _Spent(threading.local):
    """The seconds of this thread so far."""

    seconds = 0.0


_spent = _Spent()


def seconds() -> float:
    """The seconds that this thread has spent so far; what a work took is the difference."""
    return _spent.seconds


def add(since: float) -> None:
    """Counts the time from a moment of `time.perf_counter` until now."""
    _spent.seconds += perf_counter() - since

"""Lets one writer at a time into an SQLite file, in the order in which they came.

SQLite's own wait for a lock is a sleep that grows, so with several writers some wait for very long.
The kernel wakes those who wait for a file lock one after another, across threads and processes, and
frees the lock of a process that dies.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, SimpleQueue


class WriterLock:
    """A lock file beside a database."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._files: SimpleQueue[int] = SimpleQueue()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Waits for its turn, and holds the lock for the time of the block."""
        file = self._file()
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield
        finally:
            fcntl.flock(file, fcntl.LOCK_UN)
            self._files.put(file)

    def _file(self) -> int:
        """An open lock file of one's own: two threads need two, and opening one takes time."""
        try:
            return self._files.get_nowait()
        except Empty:
            return os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

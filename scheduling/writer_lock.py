"""Lets one writer at a time into an SQLite file, in the order in which they came.

SQLite's own wait for a lock is a sleep that grows, so with several writers some wait for very long.
The kernel wakes those who wait for a file lock one after another, across threads and processes, and
frees the lock of a process that dies.
"""

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import Empty, SimpleQueue


class NoTurn(Exception):  # noqa: N818  named for what happened
    """Somebody else has the turn to write and keeps it, or there is no writing (`errno`)."""

    def __init__(self, message: str, errno: int | None = None) -> None:
        super().__init__(message)
        self.errno = errno


class WriterLock:
    """A lock file beside a database."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._files: SimpleQueue[int] = SimpleQueue()

    @contextmanager
    def held(self, seconds: float) -> Iterator[None]:
        """Waits for its turn, and holds the lock for the time of the block; raises NoTurn."""
        file = self._file()
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._wait(file, seconds)
        try:
            yield
        finally:
            self._free(file)

    def close(self) -> None:
        """Closes the lock files that nobody uses now."""
        with suppress(Empty):
            while True:
                os.close(self._files.get_nowait())

    def _wait(self, file: int, seconds: float) -> None:
        """The kernel's wait for a file lock has no end, so another thread does the waiting."""
        deciding = threading.Lock()
        has_come, is_late = threading.Event(), False

        def wait() -> None:
            fcntl.flock(file, fcntl.LOCK_EX)
            with deciding:
                if is_late:
                    self._free(file)
                has_come.set()

        threading.Thread(target=wait, daemon=True).start()
        if has_come.wait(seconds):
            return
        with deciding:
            is_late = not has_come.is_set()
        if is_late:
            raise NoTurn(f"somebody else has been writing for {seconds} seconds")

    def _free(self, file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_UN)
        self._files.put(file)

    def _file(self) -> int:
        """An open lock file of one's own: two threads need two, and opening one takes time."""
        try:
            return self._files.get_nowait()
        except Empty:
            pass
        try:
            return os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise NoTurn(str(error), error.errno) from error

"""Lets one writer at a time into an SQLite file, in the order in which they came.

SQLite's own wait for a lock is a sleep that grows, so with several writers some wait for very long.
The kernel wakes processes that wait for a file lock one after another, and frees the lock of one
that dies. Within a process a queue does the same, which costs a fifth of that, and ends in time.
"""

import fcntl
import os
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class NoTurn(Exception):  # noqa: N818  named for what happened
    """Somebody else has the turn to write and keeps it, or there is no writing (`errno`)."""

    def __init__(self, message: str, errno: int | None = None) -> None:
        super().__init__(message)
        self.errno = errno


class WriterLock:
    """A lock file beside a database. One thread of a process at a time tries to have it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._threads = _Threads()
        self._file: _LockFile | None = None

    @contextmanager
    def held(self, seconds: float) -> Iterator[None]:
        """Waits for its turn, and holds the lock for the time of the block; raises NoTurn."""
        ends = time.monotonic() + seconds
        if not self._threads.wait(seconds):
            raise NoTurn(f"others have been writing for {seconds} seconds")
        try:
            file = self._file = self._file or _LockFile(self.path)
            if not file.lock(max(ends - time.monotonic(), 0)):
                raise NoTurn(f"somebody else has been writing for {seconds} seconds")
            try:
                yield
            finally:
                file.unlock()
        finally:
            self._threads.next()

    def close(self) -> None:
        """Closes the lock file, unless somebody is writing now."""
        if self._threads.wait(0):
            if self._file:
                self._file.close()
            self._file = None
            self._threads.next()


class _Threads:
    """The threads of this process, one after another; a turn is handed over, never grabbed."""

    def __init__(self) -> None:
        self._deciding = threading.Lock()
        self._is_taken = False
        self._waiting: deque[threading.Lock] = deque()

    def wait(self, seconds: float) -> bool:
        """Whether its turn came in that time; `next` ends it."""
        with self._deciding:
            if not self._is_taken:
                self._is_taken = True
                return True
            if not seconds:
                return False
            mine = threading.Lock()
            mine.acquire()
            self._waiting.append(mine)
        if mine.acquire(timeout=seconds):
            return True
        with self._deciding:
            if mine in self._waiting:
                self._waiting.remove(mine)
                return False
        return True  # it came in the very moment

    def next(self) -> None:
        """The turn is over, and the next one's begins."""
        with self._deciding:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._is_taken = False


class _LockFile:
    """The file, locked against other processes; used by one thread at a time.

    The kernel's wait for a file lock has no end. So a thread of its own does the waiting, and goes
    on with it on behalf of whoever comes next where somebody gave up.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise NoTurn(str(error), error.errno) from error
        self._deciding = threading.Lock()
        self._asked = threading.Semaphore(0)
        self._has_come = threading.Event()
        self._thread: threading.Thread | None = None
        self._is_waiting = self._is_wanted = self._is_closed = False

    def lock(self, seconds: float) -> bool:
        """Whether no other process has it, at the latest after so many seconds."""
        with self._deciding:
            if not self._is_waiting:
                try:
                    fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    self._ask()
                else:
                    return True
            self._is_wanted = True
        if self._has_come.wait(seconds):
            return True
        with self._deciding:
            self._is_wanted = False
            return self._has_come.is_set()

    def unlock(self) -> None:
        """The next process can have it."""
        fcntl.flock(self._file, fcntl.LOCK_UN)

    def close(self) -> None:
        """Closes it, as soon as nobody waits for it."""
        with self._deciding:
            self._is_closed = True
            self._asked.release()
            if not self._is_waiting:
                os.close(self._file)

    def _ask(self) -> None:
        self._is_waiting = True
        self._has_come.clear()
        self._asked.release()
        if self._thread is None:
            self._thread = threading.Thread(target=self._wait, name="writer lock", daemon=True)
            self._thread.start()

    def _wait(self) -> None:
        while not self._is_closed:
            self._asked.acquire()
            if not self._is_waiting:
                return
            fcntl.flock(self._file, fcntl.LOCK_EX)
            with self._deciding:
                self._is_waiting = False
                if self._is_wanted:
                    self._has_come.set()
                elif self._is_closed:
                    os.close(self._file)
                else:
                    self.unlock()
                self._is_wanted = False

"""One writer at a time, in the order in which they came, also between processes."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from random import Random
from threading import Event

import pytest

from scheduling.writer_lock import NoTurn, WriterLock

HOLDS_IT = """
import fcntl, sys
file = open(sys.argv[1], "a")
fcntl.flock(file, fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.read()
"""


def test_one_writer_at_a_time(tmp_path: Path) -> None:
    """However many threads want to write, never two are at it."""
    lock = WriterLock(tmp_path / "lock")
    inside: list[int] = []
    most = []

    def write(n: int) -> None:
        for _ in range(50):
            with lock.held(30):
                inside.append(n)
                os.sched_yield()
                most.append(len(inside))
                inside.remove(n)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(write, range(8)))
    assert len(most) == 400
    assert max(most) == 1


def test_the_turn_ends_with_an_error(tmp_path: Path) -> None:
    """A writer that fails does not keep the others waiting."""
    lock = WriterLock(tmp_path / "lock")
    with pytest.raises(ZeroDivisionError), lock.held(30):
        raise ZeroDivisionError
    with lock.held(30):
        pass


@contextmanager
def another_process(lock: WriterLock) -> Iterator[subprocess.Popen[bytes]]:
    """A process that has the turn, until it is killed."""
    command = [sys.executable, "-c", HOLDS_IT, str(lock.path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:  # noqa: S603
        assert process.stdout
        assert process.stdout.readline() == b"held\n"
        try:
            yield process
        finally:
            process.kill()


def until(condition: Callable[[], bool]) -> None:
    """Waits until something is so."""
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.001)


def test_a_process_that_dies_gives_up_its_turn(tmp_path: Path) -> None:
    """When the process that writes is killed, the next one writes."""
    lock = WriterLock(tmp_path / "lock")
    entered = Event()

    def write() -> None:
        with lock.held(30):
            entered.set()

    with ThreadPoolExecutor(1) as threads, another_process(lock) as process:
        waiting = threads.submit(write)
        assert not entered.wait(0.05)
        process.kill()
        waiting.result(10)
    assert entered.is_set()


def test_threads_have_their_turns_in_the_order_in_which_they_came(tmp_path: Path) -> None:
    """Nobody is overtaken, so nobody waits for longer than all the others."""
    lock = WriterLock(tmp_path / "lock")
    order: list[int] = []

    def write(n: int) -> None:
        with lock.held(30):
            order.append(n)

    with ThreadPoolExecutor(8) as threads, lock.held(30):
        for n in range(8):
            threads.submit(write, n)
            until(lambda: len(lock._threads._waiting) > n)  # noqa: B023
    assert order == list(range(8))


def test_a_process_that_keeps_its_turn_holds_nobody_for_ever(tmp_path: Path) -> None:
    """Neither who waits for it nor who waits behind him; and when it is gone all goes on."""
    lock = WriterLock(tmp_path / "lock")
    gave_up = []

    def write(_: int) -> None:
        try:
            with lock.held(0.1):
                pass
        except NoTurn:
            gave_up.append(1)

    with another_process(lock), ThreadPoolExecutor(4) as threads:
        list(threads.map(write, range(12)))
    assert len(gave_up) == 12
    with lock.held(30):
        pass
    with WriterLock(lock.path).held(30):
        pass


def test_who_gives_up_just_as_the_turn_comes_keeps_it_from_nobody(tmp_path: Path) -> None:
    """Two processes' locks, many threads, each with very little time: never two are at it.

    Two locks stand for two processes: the kernel tells open files apart, not processes.
    """
    locks = [WriterLock(tmp_path / "lock") for _ in range(2)]
    inside: list[int] = []
    most = []
    had_it = [0, 0]

    def write(n: int) -> None:
        chance = Random(n)  # noqa: S311  no secret
        for _ in range(200):
            try:
                with locks[n % 2].held(chance.uniform(0, 0.002)):
                    inside.append(n)
                    time.sleep(chance.uniform(0, 0.0005))
                    most.append(len(inside))
                    inside.remove(n)
                    had_it[n % 2] += 1
            except NoTurn:
                pass

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(write, range(8)))
    assert max(most) == 1
    assert all(had_it)
    for lock in locks:
        with lock.held(30):
            pass
        lock.close()
    assert opened(tmp_path / "lock") == 0


class Late(Event):
    """The wait for it ends too early in the very moment in which it happens."""

    def wait(self, timeout: float | None = None) -> bool:
        """Says that it has not happened."""
        super().wait(timeout)
        return False


def test_a_turn_that_comes_in_the_very_moment_is_had(tmp_path: Path) -> None:
    """And is not kept by nobody."""
    lock = WriterLock(tmp_path / "lock")
    with lock.held(30):
        pass
    file = lock._file
    assert file
    file._has_come = Late()
    entered = Event()

    def write() -> None:
        with lock.held(30):
            entered.set()

    with ThreadPoolExecutor(1) as threads, another_process(lock) as process:
        waiting = threads.submit(write)
        until(lambda: file._is_waiting)
        process.kill()
        waiting.result(40)
    assert entered.is_set()
    with WriterLock(lock.path).held(30):
        pass


def test_a_lock_that_is_closed_while_it_waits_leaves_nothing_open(tmp_path: Path) -> None:
    """Also where somebody gave up; and it can be used again."""
    lock = WriterLock(tmp_path / "lock")
    with another_process(lock):
        with pytest.raises(NoTurn), lock.held(0):
            pass
        lock.close()
    until(lambda: opened(lock.path) == 0)
    with lock.held(30):
        lock.close()  # not now: somebody is at it
    lock.close()
    assert opened(lock.path) == 0


def opened(path: Path) -> int:
    """How often this process has the file open."""
    found = []
    for each in Path("/proc/self/fd").iterdir():
        with suppress(FileNotFoundError):  # it was closed just then
            found.append(each.readlink())
    return found.count(path)


def test_nobody_else_can_read_the_lock(tmp_path: Path) -> None:
    """The lock file beside the book belongs to the line alone."""
    lock = WriterLock(tmp_path / "lock")
    with lock.held(30):
        assert lock.path.stat().st_mode & 0o077 == 0

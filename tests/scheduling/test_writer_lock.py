"""One writer at a time, in the order in which they came, also between processes."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest

from scheduling.writer_lock import WriterLock

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


def test_a_process_that_dies_gives_up_its_turn(tmp_path: Path) -> None:
    """When the process that writes is killed, the next one writes."""
    lock = WriterLock(tmp_path / "lock")
    entered = Event()

    def write() -> None:
        with lock.held(30):
            entered.set()

    command = [sys.executable, "-c", HOLDS_IT, str(lock.path)]
    with (
        ThreadPoolExecutor(1) as threads,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process,  # noqa: S603
    ):
        assert process.stdout
        assert process.stdout.readline() == b"held\n"
        waiting = threads.submit(write)
        assert not entered.wait(0.05)
        process.kill()
        waiting.result(10)
    assert entered.is_set()


def test_nobody_else_can_read_the_lock(tmp_path: Path) -> None:
    """The lock file beside the book belongs to the line alone."""
    lock = WriterLock(tmp_path / "lock")
    with lock.held(30):
        assert lock.path.stat().st_mode & 0o077 == 0

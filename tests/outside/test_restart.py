"""The line is restarted while callers ring, and none of them notices."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import Event

import pytest

from ivr.carrier import PhoneCall
from ivr.signature import Signature
from ivr.terminal import poster
from tests.calling import hears
from tests.outside.running import AT, RunningLine, end, retrying, wait_for

CALLERS = 4
_SECONDS_THAT_ARE_A_LIFE = 6
AS_SYSTEMD_DOES = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()))
os.execv(sys.executable, [sys.executable, *sys.argv[2:]])
"""


class KeptLine(RunningLine):
    """A line whose socket is kept by somebody else, as systemd does."""

    def __init__(self, folder: Path, listener: socket.socket) -> None:
        super().__init__(folder)
        self.listener = listener
        self.port = listener.getsockname()[1]

    def begins(self) -> subprocess.Popen[bytes]:
        """A process that is handed the socket."""
        number = self.listener.fileno()
        words = ["app.py", "--at", AT, "--workers", "2"]
        with (self.folder / "printed").open("ab") as output:
            return subprocess.Popen(  # noqa: S603  our own words
                [sys.executable, "-c", AS_SYSTEMD_DOES, str(number), *words],
                cwd=self.folder,
                env=self.environment,
                pass_fds=[number],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )


@pytest.fixture
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KeptLine]:
    """A line, and the socket at which callers ring whether it runs or not."""
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listener:
        yield KeptLine(tmp_path_factory.mktemp("line"), listener)


def rings(line: KeptLine, stop: Event, answered: list[str]) -> None:
    """Rings again and again until told to stop; what was answered."""
    address = f"http://127.0.0.1:{line.port}"
    token = (line.folder / "instance" / "demo-token").read_text(encoding="ascii").strip()
    post = retrying(poster(address, Signature.of(address, (token,))))
    while not stop.is_set():
        call = PhoneCall(post)
        for key in ("", "1", "1"):
            if key:
                call.press(key)
            else:
                call.ring()
            answered.append(key)
        assert hears(call, "Voor hoeveel personen")


def is_ready(line: KeptLine) -> bool:
    """Whether calls can be booked; a line that is starting lets its callers wait."""
    try:
        return line.get("/ready")[0] == 200
    except OSError:
        return False


@contextmanager
def callers(line: KeptLine) -> Iterator[list[str]]:
    """Four callers press keys all the time; what was answered. None is refused, all are answered.

    Whoever waits at the socket is answered in the end, unless his own patience ends before.
    """
    stop, answered = Event(), list[str]()
    with ThreadPoolExecutor(CALLERS) as threads:
        ringing = [threads.submit(rings, line, stop, answered) for _ in range(CALLERS)]
        try:
            yield answered
        finally:
            stop.set()
            for each in ringing:
                each.result()


def test_a_restart_refuses_nobody(line: KeptLine) -> None:
    """One line ends in the middle of calls and another one goes on with them, twice."""
    processes = [line.begins()]
    try:
        wait_for(partial(is_ready, line))
        with callers(line) as answered:
            for _ in range(2):
                so_far = len(answered)
                wait_for(lambda: len(answered) > so_far + 40)  # noqa: B023
                processes[-1].send_signal(signal.SIGTERM)
                processes[-1].wait(timeout=20)
                processes.append(line.begins())
                wait_for(partial(is_ready, line))
    finally:
        for process in processes:
            end(process)


def test_workers_are_replaced_without_refusing_anybody(line: KeptLine) -> None:
    """SIGHUP gives every worker a successor, one after another, while callers press keys."""
    process = line.begins()
    try:
        wait_for(partial(is_ready, line))
        before = _workers(process)
        with callers(line) as answered:
            wait_for(lambda: len(answered) > 20)
            process.send_signal(signal.SIGHUP)
            wait_for(lambda: not before & _workers(process))
    finally:
        end(process)


def test_workers_that_are_killed_again_and_again_are_replaced(line: KeptLine) -> None:
    """Also those that had only just begun; the server does not end, and the line answers.

    A server that could not start any worker at all would end after twenty of them.
    """
    process = line.begins()
    try:
        wait_for(partial(is_ready, line))
        ready = time.monotonic()
        wait_for(lambda: time.monotonic() > ready + _SECONDS_THAT_ARE_A_LIFE)
        for _ in range(12):
            killed = _workers(process)
            for worker in killed:
                os.kill(worker, signal.SIGKILL)
            wait_for(lambda: len(_workers(process) - killed) == len(killed))  # noqa: B023
        wait_for(partial(is_ready, line))
        assert process.poll() is None
    finally:
        end(process)


def _workers(process: subprocess.Popen[bytes]) -> set[int]:
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    return set(map(int, children.read_text(encoding="ascii").split()))

"""The line is restarted while callers ring, and none of them notices."""

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from http.client import IncompleteRead
from pathlib import Path
from threading import Event

import pytest

from ivr.carrier import PhoneCall, Post, Reply
from ivr.signature import Signature
from ivr.terminal import poster
from tests.calling import hears
from tests.outside.running import AT, RunningLine, end

MOST_SECONDS = 14
"""Of Twilio's 15."""

CALLERS = 4
AS_SYSTEMD_DOES = 'exec 3<&"$1"; shift; LISTEN_FDS=1 LISTEN_PID=$$ exec "$@"'


class KeptLine(RunningLine):
    """A line whose socket is kept by somebody else, as systemd does."""

    def __init__(self, folder: Path, listener: socket.socket) -> None:
        super().__init__(folder)
        self.listener = listener
        self.port = listener.getsockname()[1]

    def begins(self) -> subprocess.Popen[bytes]:
        """A process that is handed the socket."""
        number = self.listener.fileno()
        words = [sys.executable, "app.py", "--at", AT, "--workers", "2"]
        with (self.folder / "printed").open("ab") as output:
            return subprocess.Popen(  # noqa: S603  our own words
                ["/bin/sh", "-c", AS_SYSTEMD_DOES, "sh", str(number), *words],
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


def retrying(post: Post) -> Post:
    """Asks once more where an answer breaks off, as Twilio does (`rc=2` in the line's addresses).

    The server sometimes ends before the last of its answers are sent.
    """

    def twice(path: str, form: Mapping[str, str]) -> Reply:
        try:
            return post(path, form)
        except (IncompleteRead, ConnectionResetError):  # but never ConnectionRefusedError
            print("an answer broke off, and was asked for again")  # noqa: T201
            return post(path, form)

    return twice


def rings(line: KeptLine, stop: Event, waited: list[float]) -> None:
    """Rings again and again until told to stop; how long the caller waited for each answer."""
    address = f"http://127.0.0.1:{line.port}"
    token = (line.folder / "instance" / "demo-token").read_text(encoding="ascii").strip()
    post = retrying(poster(address, Signature.of(address, (token,))))
    while not stop.is_set():
        call = PhoneCall(post)
        for key in ("", "1", "1"):
            started = time.monotonic()
            if key:
                call.press(key)
            else:
                call.ring()
            waited.append(time.monotonic() - started)
        assert hears(call, "Voor hoeveel personen")


def is_ready(line: KeptLine) -> bool:
    """Whether calls can be booked; a line that is starting lets its callers wait."""
    try:
        return line.get("/ready")[0] == 200
    except OSError:
        return False


def wait_for(condition: Callable[[], bool]) -> None:
    """Waits until something is so."""
    deadline = time.monotonic() + 40
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@contextmanager
def callers(line: KeptLine) -> Iterator[list[float]]:
    """Four callers press keys all the time; how long each answer took. None is refused."""
    stop, waited = Event(), list[float]()
    with ThreadPoolExecutor(CALLERS) as threads:
        ringing = [threads.submit(rings, line, stop, waited) for _ in range(CALLERS)]
        try:
            yield waited
        finally:
            stop.set()
        for each in ringing:
            each.result()


def test_a_restart_refuses_nobody(line: KeptLine) -> None:
    """One line ends in the middle of calls and another one goes on with them, twice."""
    processes = [line.begins()]
    try:
        wait_for(partial(is_ready, line))
        with callers(line) as waited:
            for _ in range(2):
                so_far = len(waited)
                wait_for(lambda: len(waited) > so_far + 40)  # noqa: B023
                processes[-1].send_signal(signal.SIGTERM)
                processes[-1].wait(timeout=20)
                processes.append(line.begins())
                wait_for(partial(is_ready, line))
        print(f"answered {len(waited)}, the slowest in {max(waited):.2f} s")  # noqa: T201
        assert max(waited) < MOST_SECONDS
    finally:
        for process in processes:
            end(process)


def test_workers_are_replaced_without_refusing_anybody(line: KeptLine) -> None:
    """SIGHUP gives every worker a successor, one after another, while callers press keys."""
    process = line.begins()
    try:
        wait_for(partial(is_ready, line))
        before = _workers(process)
        with callers(line) as waited:
            wait_for(lambda: len(waited) > 20)
            process.send_signal(signal.SIGHUP)
            wait_for(lambda: not before & _workers(process))
        assert max(waited) < MOST_SECONDS
    finally:
        end(process)


def _workers(process: subprocess.Popen[bytes]) -> set[int]:
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    return set(map(int, children.read_text(encoding="ascii").split()))

"""A real line in a process of its own, made of a copy of the source, and its commands."""

import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from http.client import IncompleteRead
from pathlib import Path

from ivr.carrier import Post, Reply

ROOT = Path(__file__).parents[2]
SOURCES = ("ivr", "scheduling", "prompts", "web")
AT = "2026-12-01 10:00"
OPENED = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
"""The same moment, which is in the hours of the telephone."""

_SECONDS_TO_START = 40
_SECONDS_TO_RUN = 40
_SECONDS_TO_WAIT = 120
_BETWEEN_LOOKS = 0.05

BROKEN_OFF = (IncompleteRead, ConnectionResetError, BrokenPipeError, TimeoutError)
"""No answer, or half of one; who is refused (ConnectionRefusedError) is not among them."""


def free_port() -> int:
    """A port on which nothing listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    return port


def copy_source(folder: Path) -> None:
    """Copies what runs, and nothing that some run has left behind."""
    shutil.copy(ROOT / "app.py", folder)
    left_behind = shutil.ignore_patterns("__pycache__", ".*_cache", "instance")
    for package in SOURCES:
        shutil.copytree(ROOT / package, folder / package, ignore=left_behind)


def _seconds_ahead() -> int:
    return int((OPENED - datetime.now(UTC)).total_seconds())


class RunningLine:
    """An installation in a folder: its line, once started, and the commands beside it."""

    arguments: tuple[str, ...] = ("--at", AT)
    """With what the line is started; a demo is at a moment that the test knows."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        self.port = free_port()
        self.settings = settings
        self.ahead = _seconds_ahead()
        self.install()
        self._process: subprocess.Popen[bytes] | None = None

    def install(self) -> None:
        """Puts the source into the folder."""
        copy_source(self.folder)

    @property
    def environment(self) -> dict[str, str]:
        """Everything that is set; nothing of the machine's own Twilio account."""
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "PORT": str(self.port),
            "DATABASE_URL": f"sqlite:///{self.folder / 'book.sqlite3'}",
            "DEMO_CLOCK_AHEAD": str(self.ahead),
            **self.settings,
        }

    @property
    def python(self) -> str:
        """With what it is run."""
        return sys.executable

    def start(self, *options: str) -> None:
        """Starts the line, and waits until it answers; the commands keep its time."""
        self.ahead = _seconds_ahead()
        self._process = self.process("app.py", *self.arguments, *options)
        deadline = time.monotonic() + _SECONDS_TO_START
        while not self._answers():
            late = time.monotonic() > deadline
            if late or self._process.poll() is not None:
                self.stop()
                raise AssertionError(f"the line did not start:\n{self.printed()}")
            time.sleep(_BETWEEN_LOOKS)

    @property
    def pid(self) -> int:
        """The process that was started."""
        assert self._process
        return self._process.pid

    def stop(self) -> None:
        """Ends the line and all its workers."""
        if self._process:
            end(self._process)

    def process(self, *arguments: str, **settings: str) -> subprocess.Popen[bytes]:
        """A process of its own group, which writes to `printed`."""
        with (self.folder / "printed").open("ab") as output:
            return subprocess.Popen(  # noqa: S603  our own interpreter and source
                [self.python, *arguments],
                cwd=self.folder,
                env=self.environment | settings,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def printed(self) -> str:
        """What the processes of this installation have printed."""
        return (self.folder / "printed").read_text(encoding="utf-8")

    def runs(
        self, *arguments: str, typed: str = "", **settings: str
    ) -> subprocess.CompletedProcess[str]:
        """The result of a Python program in this installation, such as `app.py`."""
        return subprocess.run(  # noqa: S603  our own interpreter and source
            [self.python, *arguments],
            cwd=self.folder,
            env=self.environment | settings,
            input=typed,
            capture_output=True,
            text=True,
            timeout=_SECONDS_TO_RUN,
            check=False,
        )

    def sh(self, script: str) -> subprocess.CompletedProcess[str]:
        """The result of a script of the shell, in this installation."""
        return subprocess.run(  # noqa: S603
            ["/bin/sh", "-c", script],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=_SECONDS_TO_RUN,
            check=False,
        )

    def flask(
        self, *arguments: str, typed: str = "", **settings: str
    ) -> subprocess.CompletedProcess[str]:
        """The result of one of the line's commands."""
        return self.runs("-m", "flask", *arguments, typed=typed, **settings)

    def get(self, path: str) -> tuple[int, str]:
        """Status and body of an answer of the line."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def _answers(self) -> bool:
        try:
            return self.get("/health")[0] == 200
        except OSError:
            return False


def end(process: subprocess.Popen[bytes]) -> None:
    """Ends a process and its workers, and waits until it is gone."""
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(timeout=10)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(timeout=10)


def retrying(post: Post) -> Post:
    """Asks twice more where no answer comes, or half of one, as Twilio does (`rc=2`).

    The server sometimes ends before the last of its answers are sent.
    """

    def persistently(path: str, form: Mapping[str, str]) -> Reply:
        for _ in range(2):
            try:
                return post(path, form)
            except BROKEN_OFF:
                print("an answer broke off, and was asked for again")  # noqa: T201
        return post(path, form)

    return persistently


def wait_for(condition: Callable[[], bool]) -> None:
    """Waits until something is so."""
    deadline = time.monotonic() + _SECONDS_TO_WAIT
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(_BETWEEN_LOOKS)


def flat(printed: str) -> str:
    """What was printed, wherever its lines were broken."""
    return " ".join(printed.split())


def spoken_reference(printed: str) -> str:
    """The reference that a caller heard in Dutch, in digits, each time that it was said."""
    names = ("twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen")
    one = f"({'|'.join(names)})"
    groups = re.findall(rf"\b{one}, {one}, {one}\.", flat(printed), re.IGNORECASE)
    return "".join(str(names.index(word.lower()) + 2) for group in groups for word in group)

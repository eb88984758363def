"""A line under load: started in processes of its own, and what they use."""

import http.client
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from ivr.kept_secret import kept_secret
from ivr.signature import Signature
from scheduling.municipality_file import LEIDERDORP
from tests import postgres
from tests.benchmarks.load.server import AHEAD, WORKER
from tests.outside.running import OPENED, ROOT, end, free_port
from tests.twilio_api import ACCOUNT, TOKEN

DATABASES = ("sqlite", "postgresql")

_PUBLIC_URL = "https://afspraken.example.nl"
_SECONDS_TO_START = 60
_BETWEEN_LOOKS = 0.05
_MEGABYTE = 1024 * 1024
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Process:
    """A running process, as the kernel counts it."""

    pid: int

    @property
    def cpu_seconds(self) -> float:
        """Seconds of processor time that it has used so far, its own and the kernel's for it."""
        fields = Path(f"/proc/{self.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2]
        return sum(map(int, fields.split()[11:13])) / _TICKS

    @property
    def megabytes(self) -> tuple[float, float]:
        """What it keeps in memory: RSS, and PSS, which has its share only of what others share."""
        found = dict[str, int]()
        rolled_up = Path(f"/proc/{self.pid}/smaps_rollup").read_text(encoding="ascii")
        for line in rolled_up.splitlines()[1:]:
            name, kilobytes, *_ = line.split()
            found[name] = int(kilobytes)
        return found["Rss:"] * 1024 / _MEGABYTE, found["Pss:"] * 1024 / _MEGABYTE

    def children(self) -> Iterator["Process"]:
        """The processes that it has started and that still run."""
        names = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text(encoding="ascii")
        return (Process(int(name)) for name in names.split())

    @property
    def command(self) -> str:
        """The words with which it was started."""
        return Path(f"/proc/{self.pid}/cmdline").read_text(encoding="utf-8").replace("\0", " ")


@dataclass(frozen=True)
class Line:
    """A served line: where it listens, who signs for it, its book, and its processes."""

    port: int
    signature: Signature
    url: str
    main: Process
    database: Process | None

    @property
    def workers(self) -> list[Process]:
        """The processes that answer."""
        return [each for each in self.main.children() if "resource_tracker" not in each.command]

    def cpu_seconds(self) -> tuple[list[float], float]:
        """What each worker has used so far, and the database's server where there is one."""
        server = 0.0
        if self.database:
            every = (self.database, *self.database.children())
            server = sum(each.cpu_seconds for each in every)
        return [each.cpu_seconds for each in self.workers], server


@contextmanager
def serving(database: str, workers: int, api_url: str = "") -> Iterator[Line]:
    """A line with an empty book of its own that syncs each commit, at ten on a Tuesday morning.

    It is a demo, or sends its messages through a stand-in of Twilio's API.
    """
    with tempfile.TemporaryDirectory(prefix="line-load-") as name:
        folder = Path(name)
        if database == "sqlite":
            url = f"sqlite:///{folder / 'book.sqlite3'}"
            with _served(folder, url, workers, None, api_url) as line:
                yield line
            return
        with postgres.running(durable=True) as server:
            pid = int((server.data / "postmaster.pid").read_text(encoding="ascii").split()[0])
            url = server.url(server.create())
            with _served(folder, url, workers, Process(pid), api_url) as line:
                yield line


@contextmanager
def _served(
    folder: Path, url: str, workers: int, database: Process | None, api_url: str
) -> Iterator[Line]:
    port = free_port()
    environment = settings(folder, url, port)
    if api_url:
        environment |= _connected(api_url, environment.pop("DEMO_CLOCK_AHEAD"))
    words = [sys.executable, "-m", "tests.benchmarks.load.server", str(port), str(workers)]
    with (folder / "printed").open("wb") as output:
        process = subprocess.Popen(  # noqa: S603  our own words
            words, cwd=folder, env=environment, stderr=output, start_new_session=True
        )
    try:
        _await(port, process, folder / "printed")
        address = _PUBLIC_URL if api_url else f"http://127.0.0.1:{port}"
        token = TOKEN if api_url else kept_secret(folder / "demo-token")
        signature = Signature.of(address, (token,))
        line = Line(port, signature, url, Process(process.pid), database)
        _await_workers(line, workers)
        yield line
    finally:
        end(process)


def settings(folder: Path, url: str, port: int) -> dict[str, str]:
    """The environment of a demo whose clock has just struck ten, and runs on."""
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "STATE_DIRECTORY": str(folder),
        "MUNICIPALITY": str(_municipality(folder)),
        "DATABASE_URL": url,
        "PORT": str(port),
        "DEMO_CLOCK_AHEAD": str(int((OPENED - datetime.now(UTC)).total_seconds())),
    }


def _connected(api_url: str, ahead: str) -> dict[str, str]:
    """An account, with which the line keeps the real time; the server of the load does not."""
    account = {"TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_AUTH_TOKEN": TOKEN, "TWILIO_API_URL": api_url}
    return account | {"PUBLIC_URL": _PUBLIC_URL, AHEAD: ahead}


def _municipality(folder: Path) -> Path:
    """Leiderdorp, which sends as many messages as there are callers."""
    file = folder / "municipality.toml"
    text = LEIDERDORP.read_text(encoding="utf-8")
    file.write_text(text.replace("most_a_day = 2000", "most_a_day = 1000000"), encoding="utf-8")
    return file


def _await(port: int, process: subprocess.Popen[bytes], printed: Path) -> None:
    deadline = time.monotonic() + _SECONDS_TO_START
    while get(port, "/health") is None:
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"the line did not start:\n{printed.read_text(encoding='utf-8')}")
        time.sleep(_BETWEEN_LOOKS)


def _await_workers(line: Line, workers: int) -> None:
    """Each worker answers: until then the connections of the load would all go to the first."""
    deadline = time.monotonic() + _SECONDS_TO_START
    found = set[str]()
    while len(found) < workers:
        if time.monotonic() > deadline:
            raise RuntimeError("not all workers have started")
        found.add(get(line.port, WORKER) or "")


def get(port: int, path: str) -> str | None:
    """What a GET is answered with, or None where it is not answered with 200."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.read().decode() if answer.status == 200 else None
    except OSError:
        return None
    finally:
        connection.close()

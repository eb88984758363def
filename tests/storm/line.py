"""The line of a storm: a book, and the real server with several workers on it."""

import http.client
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from pathlib import Path

from scheduling.calendar import Calendar
from scheduling.database import Database
from scheduling.errors import Contended, DatabaseAway
from scheduling.municipality_file import LEIDERDORP, read
from scheduling.roster import publish
from tests import postgres
from tests.outside.running import ROOT, end, free_port
from tests.storm import worker
from tests.storm.board import Board

_SECONDS_TO_START = 60
_SECONDS_TO_SETTLE = 6
"""The server takes a worker that dies sooner for a program that cannot start, and gives up."""

_PUBLISHED_DAYS = 21


@dataclass
class Line:
    """A running line. `pause` has its database stand still until the end of the block.

    `restart` has the database start again, where there is a server to be restarted.
    """

    folder: Path
    database: Database
    board: Board
    api_url: str
    pause: Callable[[], AbstractContextManager[None]]
    restart: Callable[[], None] | None = None
    plant: str = ""
    workers: int = 3
    calendar: Calendar = field(default_factory=lambda: Calendar(read(LEIDERDORP).municipality))
    port: int = field(default_factory=free_port)
    _dead: set[int] = field(default_factory=set)

    def publish(self, first: date) -> None:
        """Publishes some weeks of the roster, as soon as the database is there."""
        work = partial(publish, calendar=self.calendar, first=first, days=_PUBLISHED_DAYS)
        for last in (*[False] * 20, True):
            try:
                self.database.transact(work)
            except (DatabaseAway, Contended):
                if last:
                    raise
                self.database.close()
                time.sleep(0.5)
            else:
                return

    @contextmanager
    def runs(self) -> Iterator[None]:
        """The line answers until the end of the block."""
        (self.folder / "workers").mkdir()
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            worker.URL: self.database.url.render_as_string(hide_password=False),
            worker.API_URL: self.api_url,
            worker.FOLDER: str(self.folder),
            worker.PLANT: self.plant,
        }
        command = [sys.executable, "-m", "tests.storm.worker", str(self.port), str(self.workers)]
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(  # noqa: S603  our own interpreter and source
                command,
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            deadline = time.monotonic() + _SECONDS_TO_START
            while len(self.alive()) < self.workers or not self._answers():
                if process.poll() is not None or time.monotonic() > deadline:
                    raise AssertionError(f"the line did not start:\n{self.log()[-2000:]}")
                time.sleep(0.05)
            yield
        finally:
            end(process)

    def log(self) -> str:
        """What the workers have printed."""
        return (self.folder / "log").read_text(encoding="utf-8")

    def alive(self, *, settled: bool = False) -> list[int]:
        """The workers that answer; those that are `settled` may be killed."""
        found = []
        for path in (self.folder / "workers").iterdir():
            with suppress(OSError):
                os.kill(int(path.name), 0)
                if not settled or time.time() - path.stat().st_mtime > self._settles(path):
                    found.append(int(path.name))
        return [each for each in sorted(found) if each not in self._dead]

    def kill(self, process: int) -> None:
        """Kills a worker with -9."""
        self._dead.add(process)
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)

    def killed_at(self) -> list[str]:
        """The points at which workers have died by themselves."""
        path = self.folder / "killed"
        return path.read_text(encoding="ascii").splitlines() if path.exists() else []

    def _settles(self, path: Path) -> float:
        """The first workers may be killed at once."""
        born = sorted(each.stat().st_mtime for each in path.parent.iterdir())
        return 0 if path.stat().st_mtime <= born[self.workers - 1] else _SECONDS_TO_SETTLE

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/health")
            return connection.getresponse().status == http.HTTPStatus.OK
        except OSError:
            return False
        finally:
            connection.close()


@contextmanager
def opened(backend: str, folder: Path, now: datetime, api_url: str) -> Iterator[Line]:
    """A line on a new book, which does not run yet."""
    board = Board(folder / "board")
    board.set_clock(now)
    with _book(backend, folder) as (database, pause, restart):
        database.upgrade()
        yield Line(folder, database, board, api_url, pause, restart)
        database.close()


@contextmanager
def _book(
    backend: str, folder: Path
) -> Iterator[
    tuple[Database, Callable[[], AbstractContextManager[None]], Callable[[], None] | None]
]:
    if backend == "sqlite":
        path = folder / "line.sqlite3"
        yield Database(f"sqlite:///{path}"), partial(_locked, path), None
        return
    # Only what is on the disk survives a restart.
    with postgres.running(durable=True) as server:
        yield Database(server.url(server.create())), server.frozen, server.restart


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Another program has SQLite's lock, and does not let it go."""
    connection = sqlite3.connect(path, timeout=30, isolation_level=None)
    try:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("ROLLBACK")
    finally:
        connection.close()

"""The line of a storm: a book, and the real server with several workers on it."""

import http.client
import os
import signal
import sqlite3
import subprocess
import sys
import threading
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
from scheduling.roster import publish_by_weeks
from tests import postgres
from tests.outside.running import ROOT, end, free_port
from tests.storm import disk, worker
from tests.storm.board import Board

DIED = "Unexpected exit from worker-"
"""What the server prints of a worker that died, however that came."""

_SECONDS_TO_START = 60

Pause = Callable[[], AbstractContextManager[None]]


@dataclass
class Line:
    """A running line. `pause` has its database stand still until the end of the block.

    `full` has its disk be full so long, where that can be had, and `restart` has the database start
    again, where there is a server to be restarted. `kills` is how many workers were killed from
    outside.
    """

    folder: Path
    database: Database
    board: Board
    api_url: str
    pause: Pause
    full: Pause | None = None
    restart: Callable[[], None] | None = None
    plant: str = ""
    workers: int = 3
    kills: int = 0
    calendar: Calendar = field(default_factory=lambda: Calendar(read(LEIDERDORP).municipality))
    port: int = field(default_factory=free_port)
    _killed: list[str] = field(default_factory=list)
    _read: int = 0
    _reading: threading.Lock = field(default_factory=threading.Lock)

    def publish(self, first: date, days: int) -> None:
        """Publishes some days of the roster, as soon as the database is there."""
        for last in (*[False] * 40, True):
            try:
                publish_by_weeks(self.database, self.calendar, first, days)
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

    def alive(self) -> list[int]:
        """The workers that answer."""
        self._buries()
        found = []
        for path in (self.folder / "workers").iterdir():
            with suppress(OSError):
                os.kill(int(path.name), 0)
                found.append(int(path.name))
        return sorted(found)

    def kill(self, process: int) -> None:
        """Kills a worker with -9."""
        self.kills += 1
        (self.folder / "workers" / str(process)).unlink(missing_ok=True)
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)

    def killed_at(self) -> list[str]:
        """The points at which workers have died by themselves."""
        self._buries()
        return [*self._killed]

    def _buries(self) -> None:
        """Reads which workers have died since; some stay in the list of processes awhile.

        Processes get numbers that dead ones had, so a worker is dead who died after he was born.
        """
        path = self.folder / "killed"
        with self._reading, suppress(FileNotFoundError), path.open(encoding="ascii") as file:
            file.seek(self._read)
            for line in file.read().splitlines():
                process, died, point = line.split(" ", 2)
                self._killed.append(point)
                worker = self.folder / "workers" / process
                with suppress(FileNotFoundError):
                    if worker.stat().st_mtime < float(died):
                        worker.unlink()
            self._read = file.tell()

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
    open_book = _on_sqlite if backend == "sqlite" else _on_postgresql
    with open_book(folder, board, api_url) as line:
        line.database.upgrade()
        yield line
        line.database.close()


@contextmanager
def _on_sqlite(folder: Path, board: Board, api_url: str) -> Iterator[Line]:
    path = folder / "line.sqlite3"
    database = Database(f"sqlite:///{path}")
    yield Line(folder, database, board, api_url, partial(_locked, path), partial(_full, board))


@contextmanager
def _on_postgresql(folder: Path, board: Board, api_url: str) -> Iterator[Line]:
    # Only what is on the disk survives a restart.
    with disk.mounted(folder / "disk") as own, postgres.running(durable=True) as server:
        database = Database(server.url(server.create(disk=own.path if own else None)))
        full = own.full if own else None
        yield Line(folder, database, board, api_url, server.frozen, full, server.restart)


@contextmanager
def _full(board: Board) -> Iterator[None]:
    """The workers' SQLite may not make the file larger."""
    board.full = True
    yield
    board.full = False


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

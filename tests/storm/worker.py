"""The line's workers in a storm: the real application, which can be slowed down and killed.

`python -m tests.storm.worker PORT WORKERS` serves it as `python app.py` would.
"""

import os
import signal
import sys
import threading
import time
from functools import partial
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import Engine, Select, event

from app import application, keep_loaded
from ivr import chores
from ivr.forgetter import Forgetter
from ivr.logs import log_as_json
from ivr.parts import Parts
from ivr.publisher import Publisher
from ivr.sender import Sender
from ivr.server import serve
from ivr.settings import Settings
from ivr.signature import Signature
from ivr.twilio_account import Account
from ivr.twilio_messages import TwilioMessages
from scheduling import holds
from scheduling.calendar import Calendar
from scheduling.database import Connection, Database
from scheduling.municipality_file import LEIDERDORP, read
from scheduling.prepared import Prepared
from tests.storm.board import (
    AFTER_BOOKING,
    AFTER_COMMIT,
    AFTER_STATEMENT,
    BEFORE_BOOKING,
    BEFORE_COMMIT,
    BEFORE_STATEMENT,
    Board,
)
from tests.storm.plants import PLANTS
from tests.twilio_api import ACCOUNT, SENDER, TOKEN

PUBLIC_URL = "https://afspraken.example.nl"
SIGNATURE = Signature.of(PUBLIC_URL, (TOKEN,))
URL, API_URL, FOLDER, PLANT = "STORM_DATABASE_URL", "STORM_API_URL", "STORM_FOLDER", "STORM_PLANT"
"""What the storm tells its workers, in their environment."""

_MOST_PAGES = 2**30
"""More than an SQLite file ever has."""

_SECONDS = 1
"""How long a sender waits for Twilio, so that an answer that never comes does not hold it up."""


class Fuse:
    """Stands at every point of every transaction; slows the worker down there, or kills it."""

    def __init__(self, board: Board, killed: Path) -> None:
        self._board, self._killed = board, killed
        self._here = threading.local()

    def __call__(self, point: str, *, reads: bool = False) -> None:
        """The worker has come to a point, `reads` where a statement follows that only reads."""
        if slow := self._board.slow + (self._board.slow_reads if reads else 0):
            time.sleep(slow)
        fuse = self._board.burns_down(os.getpid(), point)
        if fuse and self._is_mine(fuse):
            with self._killed.open("a") as file:
                file.write(f"{os.getpid()} {time.time()} {point}\n")
            os.kill(os.getpid(), signal.SIGKILL)

    def _is_mine(self, fuse: int) -> bool:
        """Whether no other worker dies by this one."""
        try:
            self._killed.with_name(f"fuse-{fuse}").touch(exist_ok=False)
        except FileExistsError:
            return False
        return True

    def lay(self) -> None:
        """Lays it through whatever runs statements: SQLAlchemy, and what goes past it."""
        rows, transact = Prepared.rows, Database.transact

        def slow_rows(
            prepared: Prepared, connection: Connection, **values: object
        ) -> list[tuple[Any, ...]]:
            self(BEFORE_STATEMENT, reads=isinstance(prepared._statement, Select))
            found = rows(prepared, connection, **values)
            self._here.books = self._books() or prepared is holds._BOOK
            self(AFTER_STATEMENT)
            return found

        def slow_transact(database: Database, work: Any) -> Any:  # noqa: ANN401
            self._here.books = False
            result = transact(database, work)
            self(AFTER_BOOKING if self._books() else AFTER_COMMIT)
            return result

        Prepared.rows = slow_rows  # type: ignore[assignment,method-assign]
        Database.transact = slow_transact  # type: ignore[assignment,method-assign]
        event.listen(Engine, "before_cursor_execute", self._before_statement)
        event.listen(Engine, "after_cursor_execute", lambda *_: self(AFTER_STATEMENT))
        event.listen(
            Engine, "commit", lambda _: self(BEFORE_BOOKING if self._books() else BEFORE_COMMIT)
        )

    def _before_statement(
        self, _connection: object, _cursor: object, statement: str, *_: object
    ) -> None:
        self(BEFORE_STATEMENT, reads=statement.startswith("SELECT"))

    def _books(self) -> bool:
        """Whether the transaction of this thread has made a hold an appointment."""
        books: bool = getattr(self._here, "books", False)
        return books


def fill_disk(board: Board) -> None:
    """Lets an SQLite file not become larger for as long as the board says that its disk is full."""

    def limit(connection: Connection) -> None:
        known = connection.connection.info
        is_full = board.full
        if connection.dialect.name == "sqlite" and known.get("full", False) != is_full:
            known["full"] = is_full
            connection.exec_driver_sql(f"PRAGMA max_page_count={1 if is_full else _MOST_PAGES}")

    event.listen(Engine, "begin", limit)


def create_app() -> Flask:
    """The application of one worker; it leaves its number where the storm finds it."""
    log_as_json()
    folder = Path(os.environ[FOLDER])
    board = Board(folder / "board")
    if plant := os.environ.get(PLANT):
        PLANTS[plant]()
    Fuse(board, folder / "killed").lay()
    fill_disk(board)
    file = read(LEIDERDORP)
    settings = Settings(
        _env_file=None,  # type: ignore[call-arg]
        public_url=PUBLIC_URL,
        twilio_account_sid=ACCOUNT,
        twilio_auth_token=TOKEN,  # type: ignore[arg-type]  # pydantic makes it a secret
        twilio_api_url=os.environ[API_URL],
    )
    parts = Parts(
        settings,
        file,
        Calendar(file.municipality),
        Database(os.environ[URL]),
        SIGNATURE,
        board.now,
        secret_key=TOKEN,
    )
    parts.database.hurry()
    app = application(parts)
    chores.start("sender", partial(_sender, parts))
    chores.start("forgetter", partial(Forgetter, parts.database, parts.clock))
    chores.start("publisher", partial(Publisher, parts.database, parts.calendar, board.now))
    keep_loaded()
    (folder / "workers" / str(os.getpid())).touch()
    return app


def _sender(parts: Parts) -> Sender:
    account = Account.of(parts.settings)
    assert account
    gateway = TwilioMessages(account, SENDER, f"{PUBLIC_URL}/messages/status", _SECONDS)
    return Sender(parts.database, parts.texts, gateway, parts.clock, looks=0.2)


if __name__ == "__main__":
    serve("tests.storm.worker:create_app", "127.0.0.1", int(sys.argv[1]), int(sys.argv[2]))

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
from sqlalchemy import Engine, event

from app import Parts, application, keep_loaded
from ivr import sender
from ivr.logs import log_as_json
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

_SECONDS = 1
"""How long a sender waits for Twilio, so that an answer that never comes does not hold it up."""


class Fuse:
    """Stands at every point of every transaction; slows the worker down there, or kills it."""

    def __init__(self, board: Board, killed: Path) -> None:
        self._board, self._killed = board, killed
        self._here = threading.local()

    def __call__(self, point: str) -> None:
        """The worker has come to a point."""
        if slow := self._board.slow:
            time.sleep(slow)
        if self._board.burns_down(os.getpid(), point):
            with self._killed.open("a") as file:
                file.write(point + "\n")
            os.kill(os.getpid(), signal.SIGKILL)

    def lay(self) -> None:
        """Lays it through whatever runs statements: SQLAlchemy, and what goes past it."""
        rows, transact = Prepared.rows, Database.transact

        def slow_rows(
            prepared: Prepared, connection: Connection, **values: object
        ) -> list[tuple[Any, ...]]:
            self(BEFORE_STATEMENT)
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
        event.listen(Engine, "before_cursor_execute", lambda *_: self(BEFORE_STATEMENT))
        event.listen(Engine, "after_cursor_execute", lambda *_: self(AFTER_STATEMENT))
        event.listen(
            Engine, "commit", lambda _: self(BEFORE_BOOKING if self._books() else BEFORE_COMMIT)
        )

    def _books(self) -> bool:
        """Whether the transaction of this thread has made a hold an appointment."""
        books: bool = getattr(self._here, "books", False)
        return books


def create_app() -> Flask:
    """The application of one worker; it leaves its number where the storm finds it."""
    log_as_json()
    folder = Path(os.environ[FOLDER])
    board = Board(folder / "board")
    if plant := os.environ.get(PLANT):
        PLANTS[plant]()
    Fuse(board, folder / "killed").lay()
    file = read(LEIDERDORP)
    parts = Parts(
        Settings(_env_file=None),  # type: ignore[call-arg]
        file,
        Calendar(file.municipality),
        Database(os.environ[URL]),
        SIGNATURE,
        board.now,
        secret_key=TOKEN,
    )
    app = application(parts)
    sender.start(partial(_sender, parts))
    keep_loaded()
    (folder / "workers" / str(os.getpid())).touch()
    return app


def _sender(parts: Parts) -> Sender:
    account = Account(ACCOUNT, TOKEN, os.environ[API_URL])
    gateway = TwilioMessages(account, SENDER, f"{PUBLIC_URL}/messages/status", _SECONDS)
    return Sender(parts.database, parts.texts, gateway, parts.clock, looks=0.2)


if __name__ == "__main__":
    serve("tests.storm.worker:create_app", "127.0.0.1", int(sys.argv[1]), int(sys.argv[2]))

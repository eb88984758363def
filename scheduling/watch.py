"""Bounds every wait for a PostgreSQL server that neither answers nor hangs up.

`statement_timeout` is kept by the server, which a frozen one does not do, and TCP still says that
all is well. So whoever has a connection for too long loses it: its socket is shut down, the driver
that waits for it sees the end of the line, and the transaction fails as after any lost connection.
"""

import socket
import threading
import time
from contextlib import suppress
from typing import Any

from sqlalchemy import Engine, event

_BETWEEN_LOOKS = 0.1


class Watch:
    """Cuts the connections of an engine that are in use for more than so many seconds."""

    def __init__(self, engine: Engine, seconds: float) -> None:
        self._seconds = seconds
        self._due: dict[Any, tuple[float, socket.socket]] = {}
        event.listen(engine, "do_connect", self._connect)
        event.listen(engine, "checkout", self._take)
        event.listen(engine, "checkin", self._give_back)
        event.listen(engine, "close", self._close)
        threading.Thread(target=self._look, name="watch", daemon=True).start()

    def _connect(self, dialect: Any, record: Any, words: Any, named: Any) -> Any:  # noqa: ANN401
        """A connection, or the error of one that is not there in time, whatever it waits for."""
        made: list[Any] = []
        is_late = threading.Event()

        def connect() -> None:
            try:
                made.append(dialect.connect(*words, **named))
            except Exception as error:  # noqa: BLE001  told by the thread that waits
                made.append(error)
            if is_late.is_set() and not isinstance(made[0], Exception):
                made[0].close()

        started = time.monotonic()
        connecting = threading.Thread(target=connect, daemon=True)
        connecting.start()
        connecting.join(self._seconds)
        if not made:
            is_late.set()
            raise dialect.loaded_dbapi.OperationalError("the server did not answer in time")
        if isinstance(made[0], Exception):
            raise made[0]
        # A descriptor of one's own: the driver's may be another file by the time it is cut.
        record.info["line"] = socket.fromfd(made[0].fileno(), socket.AF_UNIX, socket.SOCK_STREAM)
        self._due[record] = (started + self._seconds, record.info["line"])
        return made[0]

    def _take(self, _connection: object, record: Any, _proxy: object) -> None:  # noqa: ANN401
        # Who had to connect first has waited already.
        if record not in self._due:
            self._due[record] = (time.monotonic() + self._seconds, record.info["line"])

    def _give_back(self, _connection: object, record: Any) -> None:  # noqa: ANN401
        self._due.pop(record, None)

    def _close(self, _connection: object, record: Any) -> None:  # noqa: ANN401
        self._due.pop(record, None)
        if line := record.info.pop("line", None):
            line.close()

    def _look(self) -> None:
        while True:
            time.sleep(_BETWEEN_LOOKS)
            now = time.monotonic()
            for record, (due, line) in list(self._due.items()):
                if now > due:
                    self._due.pop(record, None)
                    _cut(line)


def _cut(line: socket.socket) -> None:
    with suppress(OSError):  # it is closed already
        line.shutdown(socket.SHUT_RDWR)

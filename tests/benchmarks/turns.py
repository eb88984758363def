"""A turn, and a whole booking call, against the floor: on the same server, in the same run.

The floor checks the signature, commits one durable one-row UPDATE and answers a constant document.
A turn does all of that and besides claims the turn, finds and holds three times and writes TwiML.
"""

import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from ivr.calls import Call, start
from ivr.signature import Signature
from ivr.welcome import ChoosePersons
from scheduling.database import Database
from tests.benchmarks.books import NewBook
from tests.benchmarks.report import Bound
from tests.benchmarks.sending import Request, prepare, send
from tests.benchmarks.server import FLOOR, NOW, PUBLIC_URL, TOKEN

ROUNDS = 5
CALLS = 200
KEYS = "11111"


@dataclass(frozen=True)
class Measured:
    """One round: requests a second, and the seconds of each request."""

    rate: float
    seconds: list[float]


def bounds(backend: str, new_book: NewBook) -> Iterator[Bound]:
    """The figures of one database."""
    signature = Signature.of(PUBLIC_URL, (TOKEN,))
    database = new_book()
    with serving(database.url.render_as_string(hide_password=False)) as port:
        for connections in (1, 8):
            yield from _against_floor(backend, port, signature, database, connections)
    database.close()


def _against_floor(
    backend: str, port: int, signature: Signature, database: Database, connections: int
) -> Iterator[Bound]:
    turn_ratios, call_ratios, tails = [], [], []
    for n in range(ROUNDS + 1):
        sids = [f"CA{backend}{connections}x{n}x{each:05}" for each in range(CALLS)]
        _store(database, sids)
        floor = _measure(port, [[_floor(signature, sid)] for sid in sids], connections)
        turn = _measure(port, [[_hold(signature, sid)] for sid in sids], connections)
        _measure(port, [[_over(signature, sid)] for sid in sids], connections)
        whole = [_whole_call(signature, sid + "w") for sid in sids[: CALLS // 4]]
        call = _measure(port, whole, connections)
        if n:
            turn_ratios.append(turn.rate / floor.rate)
            call_ratios.append(call.rate / floor.rate)
            ordered = sorted(turn.seconds)
            tails.append(ordered[int(len(ordered) * 0.99)] / statistics.median(ordered))
    on = f"{backend}, {connections} connection{'s' if connections > 1 else ''}"
    yield Bound(f"turn that holds / floor ({on})", statistics.median(turn_ratios), least=0.6)
    yield Bound(f"whole booking call / floor ({on})", statistics.median(call_ratios), least=0.6)
    most = 8.0 if backend == "sqlite" and connections > 1 else None
    yield Bound(f"p99 / median of a turn ({on})", statistics.median(tails), most=most)


def _store(database: Database, sids: list[str]) -> None:
    """Calls that wait for the number of persons, so that the next key finds and holds times."""
    path = (ChoosePersons("travel-document", 6),)

    with database.write() as connection:
        for sid in sids:
            start(connection, Call(sid, 1, path, "nl", NOW))


def _form(sid: str, **more: str) -> dict[str, str]:
    return {
        "CallSid": sid,
        "AccountSid": "AC" + "0" * 32,
        "From": "+31612345678",
        "To": "+31715458500",
        "CallStatus": "in-progress",
        "Direction": "inbound",
        "ApiVersion": "2010-04-01",
        **more,
    }


def _floor(signature: Signature, sid: str) -> Request:
    return prepare(signature, FLOOR, _form(sid, Digits="1"))


def _hold(signature: Signature, sid: str) -> Request:
    return prepare(signature, "/voice/turns/1", _form(sid, Digits="1"))


def _over(signature: Signature, sid: str) -> Request:
    return prepare(signature, "/voice/status", _form(sid) | {"CallStatus": "completed"})


def _whole_call(signature: Signature, sid: str) -> list[Request]:
    turns = [
        prepare(signature, f"/voice/turns/{n}", _form(sid, Digits=key))
        for n, key in enumerate(KEYS, 1)
    ]
    return [prepare(signature, "/voice", _form(sid)), *turns, _over(signature, sid)]


def _measure(port: int, conversations: list[list[Request]], connections: int) -> Measured:
    started = time.perf_counter()
    seconds = send(port, conversations, connections)
    return Measured(len(seconds) / (time.perf_counter() - started), seconds)


@contextmanager
def serving(url: str) -> Iterator[int]:
    """The line with the floor, on the server it ships with; the port on which it listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(  # noqa: S603  our own words
        [sys.executable, "-m", "tests.benchmarks.server", url, str(port)],
        stderr=subprocess.DEVNULL,
    )
    try:
        _await(port)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=20)


def _await(port: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the server did not start")

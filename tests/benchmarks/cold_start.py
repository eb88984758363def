"""From the start of a process to the first call that is answered, beside an empty application.

The very first start also makes the tables and publishes the roster of twelve weeks; every later
one finds both.
"""

import http.client
import itertools
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlencode

from ivr.kept_secret import kept_secret
from ivr.signature import HEADER, Signature
from tests.benchmarks.load.line import settings
from tests.benchmarks.report import Bound
from tests.outside.running import ROOT, end, free_port

ROUNDS = 9
SECONDS_TO_START = 60

_FORM = {"From": "+31612345678", "To": "+31715458500", "CallStatus": "ringing"}
_SIDS = itertools.count()


def bounds() -> Iterator[Bound]:
    """Starts by turns, so that a busy moment of the machine hits both; on SQLite."""
    empty, later = list[float](), list[float]()
    with tempfile.TemporaryDirectory(prefix="line-start-") as name:
        folder = Path(name)
        start_line(folder)
        for _ in range(ROUNDS):
            empty.append(start_empty(folder))
            later.append(start_line(folder))
    first = [_first() for _ in range(ROUNDS // 2)]
    floor = statistics.median(empty)
    yield Bound("an empty Flask application answers after (s)", floor)
    yield Bound("the line answers its first call after (s)", statistics.median(later))
    ratios = [ours / other for ours, other in zip(later, empty, strict=True)]
    yield Bound("cold start / empty application", statistics.median(ratios), most=3)
    yield Bound("the very first start, with an empty folder (s)", statistics.median(first))
    yield Bound("the very first start / empty application", statistics.median(first) / floor)


def _first() -> float:
    with tempfile.TemporaryDirectory(prefix="line-start-") as name:
        return start_line(Path(name))


def start_line(folder: Path) -> float:
    """Seconds until the line that keeps its book in this folder answers a call."""
    port = free_port()
    url = f"sqlite:///{folder / 'book.sqlite3'}"
    signature = Signature.of(f"http://127.0.0.1:{port}", (kept_secret(folder / "demo-token"),))
    form = {"CallSid": f"CA{next(_SIDS):032x}", **_FORM}
    headers = {HEADER: signature.sign("/voice", form)}
    return _answers([str(ROOT / "app.py")], port, settings(folder, url, port), form, headers)


def start_empty(folder: Path) -> float:
    """Seconds until an empty application answers on the same server."""
    port = free_port()
    environment = settings(folder, "", port)
    return _answers(["-m", "tests.benchmarks.empty", str(port)], port, environment, _FORM, {})


def _answers(
    words: list[str],
    port: int,
    environment: Mapping[str, str],
    form: Mapping[str, str],
    headers: Mapping[str, str],
) -> float:
    sent = {"Content-Type": "application/x-www-form-urlencoded", **headers}
    began = time.perf_counter()
    process = subprocess.Popen(  # noqa: S603  our own words
        [sys.executable, *words],
        cwd=environment["STATE_DIRECTORY"],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        while not _is_answered(port, urlencode(form), sent):
            if time.perf_counter() - began > SECONDS_TO_START or process.poll() is not None:
                raise RuntimeError("it did not start")
            time.sleep(0.005)
        return time.perf_counter() - began
    finally:
        end(process)


def _is_answered(port: int, body: str, headers: dict[str, str]) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    with suppress(OSError):
        connection.request("POST", "/voice", body, headers)
        if connection.getresponse().status == 200:
            return True
    connection.close()
    return False

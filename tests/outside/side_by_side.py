"""The version before this one and this one, answering callers on one database.

`previous_version.tar.xz` has the sources of the version before. When a version is released, it is
renewed from the commit that was released before:

    git archive COMMIT app.py ivr scheduling prompts web | xz -9e \
        > tests/outside/previous_version.tar.xz
"""

import itertools
import json
import tarfile
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Lock

from ivr.carrier import PhoneCall, Post, Reply
from ivr.signature import Signature
from ivr.terminal import poster
from tests.calling import PASSPORT, hears, press_all
from tests.outside.running import RunningLine, retrying, spoken_reference

PREVIOUS = Path(__file__).with_name("previous_version.tar.xz")
CALLERS = 3


class ThisLine(RunningLine):
    """A line of this version, with two workers."""

    arguments = ("--workers", "2")

    @property
    def post(self) -> Post:
        """Sends it what Twilio would send."""
        address = f"http://127.0.0.1:{self.port}"
        token = (self.folder / "instance" / "demo-token").read_text(encoding="ascii").strip()
        return poster(address, Signature.of(address, (token,)))

    def booked(self) -> set[str]:
        """The references of all appointments, as its own command lists them."""
        done = self.flask("agenda", "--json")
        assert done.returncode == 0, done.stderr
        return {each["reference"] for each in json.loads(done.stdout) if each["reference"]}

    def adds_up(self) -> bool:
        """Whether its own command finds nothing wrong with the book."""
        return self.flask("book", "verify").returncode == 0


class PreviousLine(ThisLine):
    """A line of the version before."""

    def install(self) -> None:
        """Unpacks its source."""
        with tarfile.open(PREVIOUS) as archive:
            archive.extractall(self.folder, filter="data")


class Proxy:
    """What stands in front of both: each request goes to the next one of those in `to`."""

    def __init__(self, *to: ThisLine) -> None:
        self.to = to
        self._numbers = itertools.count()
        self._busy: Counter[ThisLine] = Counter()
        self._lock = Lock()

    def post(self, path: str, form: Mapping[str, str]) -> Reply:
        """Sends a request to one of them."""
        with self._lock:
            line = self.to[next(self._numbers) % len(self.to)]
            self._busy[line] += 1
        try:
            return line.post(path, form)
        finally:
            with self._lock:
                self._busy[line] -= 1

    def is_drained(self, line: ThisLine) -> bool:
        """Whether a line answers nobody any more."""
        return not self._busy[line]


def books(call: PhoneCall) -> str:
    """The reference that somebody hears who rings and books."""
    call.ring()
    press_all(call, PASSPORT + "1")
    return confirmed(call)


def confirmed(call: PhoneCall) -> str:
    """The reference that the caller has just heard, who is told it twice."""
    assert hears(call, "Uw afspraak staat vast"), call.heard
    twice = spoken_reference(" ".join(call.heard))
    half = len(twice) // 2
    assert twice[:half] == twice[half:]
    return twice[:half]


@contextmanager
def callers(proxy: Proxy) -> Iterator[list[str]]:
    """Three callers book one after another all the time; the references that they heard.

    Nobody is refused, nobody hears an apology, and all are answered.
    """
    stop, heard = Event(), list[str]()
    post = retrying(proxy.post)

    def ring() -> None:
        while not stop.is_set():
            heard.append(books(PhoneCall(post)))

    with ThreadPoolExecutor(CALLERS) as threads:
        ringing = [threads.submit(ring) for _ in range(CALLERS)]
        try:
            yield heard
        finally:
            stop.set()
            for each in ringing:
                each.result()

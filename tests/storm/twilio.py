"""Twilio's way of asking the line, and all that can go wrong on it.

One retry, at once; then the fallback URL, with one retry too. Who gets no document from that either
hears nothing that the line has to say: he is left in silence.
"""

import http.client
import random
import threading
import time
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

from ivr.carrier import Reply
from ivr.documents import Refused, read
from ivr.signature import HEADER
from tests.storm.worker import SIGNATURE

PATIENCE = 15
"""Twilio waits so many seconds for an answer."""

FALLBACK, STATUS = "/voice/fallback", "/voice/status"
_SORRY = ("Sorry, er ging iets mis", "Sorry, something went wrong")
_NOTHING = Reply(200, "text/xml", b"<Response />")
_LATEST = 3
"""A request that is late comes at most so many seconds after Twilio has given it up."""

USUAL = {"": 78, "duplicated": 6, "late": 6, "answer lost": 6, "reordered": 4}
"""Of a hundred requests, how many fare how."""


@dataclass
class Exchange:
    """What all calls share: the line's port, how requests fare, and what was seen of it."""

    port: int
    chances: Mapping[str, int] = field(default_factory=lambda: USUAL)
    counts: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(32))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, what: str) -> None:
        """Counts something that happened."""
        with self._lock:
            self.counts[what] += 1

    def fault(self, what: str) -> None:
        """Notes something that must never happen."""
        with self._lock:
            self.faults.append(what)

    def send(self, path: str, form: Mapping[str, str], wait: float = 0) -> Reply | None:
        """The answer to one request; None where none came."""
        time.sleep(wait)
        self.count("requests")
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            HEADER: SIGNATURE.sign(path, dict(form)),
        }
        try:
            connection.request("POST", path, urlencode(form), headers)
            answer = connection.getresponse()
            kind = answer.headers.get("Content-Type", "")
            return Reply(answer.status, kind, answer.read())
        except (OSError, http.client.HTTPException):
            self.count("requests without an answer")
            return None
        finally:
            connection.close()

    def later(self, path: str, form: Mapping[str, str], wait: float = 0) -> Future[Reply | None]:
        """Sends a request beside all others."""
        return self.pool.submit(self.send, path, form, wait)


@dataclass
class Way:
    """The way of one call's requests. `chance` decides how each fares; see `ivr.carrier.Post`.

    `broken` is set where the line said sorry, or nothing: the caller may not have heard all.
    """

    exchange: Exchange
    chance: random.Random
    broken: bool = False
    silent: bool = False
    _before: tuple[str, Mapping[str, str]] | None = None

    def __call__(self, path: str, form: Mapping[str, str]) -> Reply:
        """What Twilio carries out in the end."""
        if urlsplit(path).path == STATUS:
            self.exchange.send(path, form)
            return Reply(204, "", b"")
        reply = self._asked(path, form, self._fares())
        if _connects(path):  # an employee is connected also where his document does not come
            return reply or _NOTHING
        self._before = path, form
        if reply is None:
            self.broken = True
            self.exchange.count("fallbacks")
            reply = self._asked(FALLBACK, form, "")
        if reply is None:
            self.silent = True
            self.exchange.count("callers left in silence")
            self.exchange.fault(f"call {form['CallSid']}: left in silence at {path}")
            raise Refused("11200 no answer, and none from the fallback")
        if _says_sorry(reply):
            self.broken = True
            self.exchange.count("apologies")
        return reply

    def _fares(self) -> str:
        chances = self.exchange.chances
        (fate,) = self.chance.choices([*chances], [*chances.values()])
        return fate

    def _asked(self, path: str, form: Mapping[str, str], fate: str) -> Reply | None:
        """The document that came, at once or after one retry."""
        if fate:
            self.exchange.count(f"requests {fate}" if fate != "answer lost" else "answers lost")
        if fate == "late":
            self.exchange.later(path, form, self.chance.uniform(0, _LATEST))
            return self._document(path, form)
        if fate == "duplicated":
            return self._twice(path, form)
        if fate == "reordered" and self._before:
            self.exchange.later(*self._before)
        first = self._document(path, form)
        if fate != "answer lost" and first:
            return first
        again = self._document(path, form)
        self._compare(path, form, first, again)
        return again

    def _twice(self, path: str, form: Mapping[str, str]) -> Reply | None:
        """The same request two times at once: Twilio gets the same answer two times."""
        other = self.exchange.later(path, form, self.chance.choice((0, 0, 0.01, 0.05)))
        first = self._document(path, form)
        second = _whole(other.result(), path)
        self._compare(path, form, first, second)
        return first or second or self._document(path, form)

    def _document(self, path: str, form: Mapping[str, str]) -> Reply | None:
        return _whole(self.exchange.send(path, form), path)

    def _compare(
        self, path: str, form: Mapping[str, str], first: Reply | None, second: Reply | None
    ) -> None:
        if not first or not second or _says_sorry(first) or _says_sorry(second):
            return
        if first.body != second.body:
            sid = form["CallSid"]
            self.exchange.fault(f"call {sid}: two answers to one request of {path}")


def _connects(path: str) -> bool:
    """Whether a document is for an employee's telephone."""
    return path.startswith("/voice/whisper")


def _whole(reply: Reply | None, path: str) -> Reply | None:
    """The answer where Twilio can carry it out."""
    if reply is None or reply.status != http.HTTPStatus.OK:
        return None
    try:
        read(reply.body, reply.content_type, connects=_connects(path))
    except Refused:
        return None
    return reply


def _says_sorry(reply: Reply) -> bool:
    return any(words in reply.body.decode() for words in _SORRY)

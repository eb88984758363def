"""What all calls of a storm share: the way to the line, how requests fare, and what was seen."""

import http.client
import sys
import threading
import time
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from urllib.parse import urlencode

from ivr.carrier import Reply
from ivr.signature import HEADER
from tests.storm.worker import SIGNATURE

PATIENCE = 6
"""So many seconds an answer is waited for, in the place of Twilio's 15: the line answers in 5."""

USUAL = {
    "": 77,
    "twice at once": 6,
    "late, asked again": 6,
    "late twice, fallback": 1,
    "without their answer, asked again": 6,
    "once more beside the next": 4,
}
"""Of a hundred requests, how many fare how."""


@dataclass
class Exchange:
    """What all calls share: the line's port, how requests fare, and what was seen of it.

    `season` goes up when the clock steps over months: the line soon forgets the calls of before.
    `steps` goes up with each step over days.
    """

    port: int
    chances: Mapping[str, int] = field(default_factory=lambda: USUAL)
    counts: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    season: int = 0
    steps: int = 0
    pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(64))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, what: str) -> None:
        """Counts something that happened."""
        with self._lock:
            self.counts[what] += 1

    def fault(self, what: str) -> None:
        """Notes something that must never happen, and says so at once: a storm may be long."""
        print(f"WRONG {what}", file=sys.stderr, flush=True)  # noqa: T201
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

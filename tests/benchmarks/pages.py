"""The agent's page when it is busy, against an empty page behind the same sign-in.

Both on one server in the same run: session, look-up of the account, the frame of every page.
"""

import http.client
import re
import statistics
import time
from collections.abc import Iterator
from functools import partial
from urllib.parse import urlencode

from sqlalchemy import Connection

from ivr.calls import Call, start
from ivr.welcome import ChoosePersons
from scheduling.tasks import Task, ask_for
from tests.benchmarks.books import NewBook
from tests.benchmarks.report import Bound
from tests.benchmarks.server import EMPTY_PAGE, NOW
from tests.benchmarks.turns import serving
from web import accounts

ROUNDS = 7
LOOKS = 60
CALLS = TASKS = 20
NAME, PASSWORD = "Fatima", "a password for benchmarks"


def bounds(backend: str, new_book: NewBook) -> Iterator[Bound]:
    """The figure of one database."""
    database = new_book()
    database.transact(_busy)
    with serving(database.url.render_as_string(hide_password=False)) as port:
        agent = _Agent(port)
        page = agent.asks_for_times()
        _check(agent.looks_at(page))
        ratios = []
        for n in range(ROUNDS + 1):
            empty, busy = agent.times(EMPTY_PAGE), agent.times(page)
            if n:
                ratios.append(busy / empty)
        agent.leaves()
    database.close()
    name = f"agent's busy page / empty page, signed in ({backend})"
    yield Bound(name, statistics.median(ratios), most=5)


def _busy(connection: Connection) -> None:
    accounts.add(connection, NAME, "agent", PASSWORD, NOW)
    for n in range(CALLS):
        path = (ChoosePersons("travel-document", 6),)
        start(connection, Call(f"CA{n:032}", 1, path, "nl", NOW))
    for n in range(TASKS):
        ask_for(connection, Task("call_back", f"+317112345{n:02}", "nl"), NOW)


def _check(page: str) -> None:
    """What is measured is what was meant."""
    for shown in (f"Bellers in het menu ({CALLS})", f"Te doen ({TASKS})", 'accesskey="3"'):
        if shown not in page:
            raise AssertionError(f"the page does not show {shown}")


class _Agent:
    """A signed-in browser on one connection."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self._cookie = self._token = ""
        self.looks_at("/staff/sign-in")
        self._sends("/staff/sign-in", name=NAME, password=PASSWORD)
        self.looks_at("/agent")

    def looks_at(self, path: str) -> str:
        """A page."""
        answer, body = self._asks("GET", path)
        if answer.status != http.client.OK:
            raise AssertionError(f"{path}: {answer.status}")
        if found := re.search(r'name="csrf-token" content="([^"]+)"', body):
            self._token = found[1]
        return body

    def asks_for_times(self) -> str:
        """Where the page with three times is."""
        return self._sends("/agent/times", service="travel-document", persons="1")

    def times(self, path: str) -> float:
        """The median of the seconds that a page takes."""
        return statistics.median(map(partial(self._time, path), range(LOOKS)))

    def leaves(self) -> None:
        """Closes the connection."""
        self._connection.close()

    def _time(self, path: str, _: int) -> float:
        started = time.perf_counter()
        self._asks("GET", path)
        return time.perf_counter() - started

    def _sends(self, path: str, **form: str) -> str:
        answer, _ = self._asks("POST", path, urlencode({"csrf_token": self._token, **form}))
        if answer.status != http.client.FOUND:
            raise AssertionError(f"{path}: {answer.status}")
        return answer.headers["Location"]

    def _asks(self, how: str, path: str, body: str = "") -> tuple[http.client.HTTPResponse, str]:
        headers = {"Cookie": self._cookie}
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self._connection.request(how, path, body or None, headers)
        answer = self._connection.getresponse()
        read = answer.read().decode()
        if cookie := answer.headers["Set-Cookie"]:
            self._cookie = cookie.partition(";")[0]
        return answer, read

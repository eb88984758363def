"""A stand-in for Twilio's REST API, after its published OpenAPI description.

A real server on the loopback, which does to each request what a test has written in its script. All
paths begin with `/2010-04-01/Accounts/{AccountSid}`: `POST` and `GET /Messages.json`;
`POST /Calls/{Sid}.json`, see `tests.twilio_calls`; `GET /IncomingPhoneNumbers.json` and
`POST /IncomingPhoneNumbers/{Sid}.json`, see `tests.twilio_numbers`.
"""

import base64
import json
import re
import secrets
import sys
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.twilio_calls import Calls
from tests.twilio_numbers import Numbers

ACCOUNT = "AC" + "0" * 32
TOKEN = "the-first-token"  # noqa: S105  of the stand-in
SENDER = "+3197010240500"


@dataclass(frozen=True)
class Move:
    """What is done with one message: whether it is taken, and what is answered.

    `status` is None where the connection is dropped; `late` is the seconds until it is taken, and
    an answer that never comes waits for the end of the test; one that dribbles goes on till then.
    """

    takes: bool = True
    status: int | None = 201
    code: int | None = None
    retry_after: str | None = None
    text: str | None = None
    late: float = 0
    silent: bool = False
    dribbles: bool = False


ACCEPTED = Move()
DROPPED_AFTER = Move(status=None)
DROPPED_BEFORE = Move(takes=False, status=None)
SILENT_AFTER = Move(silent=True)
SILENT_BEFORE = Move(takes=False, silent=True)
DRIBBLING = Move(dribbles=True)
FAILED_AFTER = Move(status=500, code=20500)
FAILED_BEFORE = Move(takes=False, status=500, code=20500)


def refused(status: int, code: int) -> Move:
    """An error with a code of Twilio's."""
    return Move(takes=False, status=status, code=code)


def too_many(retry_after: str | None = None) -> Move:
    """Too many requests."""
    return Move(takes=False, status=429, code=20429, retry_after=retry_after)


@dataclass
class TwilioApi:
    """The stand-in. `script` is what it does with the next messages, `taken` what it has taken.

    `updates` is what it does with the next updates of calls and numbers. An answer that never comes
    waits for `longest_silence` seconds, where it is set, and not for the end of the test.
    """

    clock: Callable[[], datetime]
    script: deque[Move] = field(default_factory=deque)
    chooses: Callable[[], Move] = lambda: ACCEPTED
    taken: list[dict[str, Any]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    lists: deque[Move] = field(default_factory=deque)
    updates: deque[Move] = field(default_factory=deque)
    calls: Calls = field(default_factory=Calls)
    numbers: Numbers = field(default_factory=Numbers)
    over: threading.Event = field(default_factory=threading.Event)
    longest_silence: float | None = None
    callbacks: list[str] = field(default_factory=list)
    on_taken: Callable[[dict[str, Any]], None] = lambda _: None
    url: str = ""

    @property
    def bodies(self) -> Counter[str]:
        """How often each body was taken."""
        return Counter(each["body"] for each in self.taken)

    def take(self, form: dict[str, str]) -> dict[str, Any]:
        """Takes a message; it is queued, and so has no date of sending yet."""
        now = format_datetime(self.clock().astimezone(UTC))
        sid = "SM" + secrets.token_hex(16)
        message: dict[str, Any] = {
            "account_sid": ACCOUNT,
            "api_version": "2010-04-01",
            "body": form["Body"],
            "date_created": now,
            "date_sent": None,
            "date_updated": now,
            "direction": "outbound-api",
            "error_code": None,
            "error_message": None,
            "from": form["From"],
            "messaging_service_sid": None,
            "num_media": "0",
            "num_segments": "1",
            "price": None,
            "price_unit": "USD",
            "sid": sid,
            "status": "queued",
            "subresource_uris": {},
            "to": form["To"],
            "uri": f"/2010-04-01/Accounts/{ACCOUNT}/Messages/{sid}.json",
        }
        self.callbacks.append(form.get("StatusCallback", ""))
        self.taken.append(message)
        self.on_taken(message)
        return message

    def listed(self, query: dict[str, str]) -> dict[str, Any]:
        """A page of what was taken, the newest first. What is not sent yet has no DateSent."""
        dated = any(name.startswith("DateSent") for name in query)
        found = [
            each
            for each in reversed(self.taken)
            if each["to"] == query.get("To", each["to"])
            and each["from"] == query.get("From", each["from"])
            and not (dated and each["date_sent"] is None)
        ]
        size = int(query.get("PageSize", "50"))
        uri = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
        pages = {f"{name}_page_uri": None for name in ("first", "next", "previous")}
        places = {"page": 0, "page_size": size, "start": 0, "end": len(found), "uri": uri}
        return {"messages": found[:size], **pages, **places}


def refusal(form: dict[str, str]) -> tuple[int, int] | None:
    """Status and code for a message that Twilio would not take as it is written."""
    if not form.get("To"):
        return 400, 21604
    if not form.get("From"):
        return 400, 21603
    if not form.get("Body"):
        return 400, 21602
    return (400, 21617) if len(form["Body"]) > 1600 else None


_PATH = re.compile(
    rf"/2010-04-01/Accounts/{ACCOUNT}/(?P<resource>(?=Messages\.|IncomingPhoneNumbers|Calls/)\w+)"
    r"(/(?P<sid>\w+))?\.json"
)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    api: TwilioApi

    def do_POST(self) -> None:
        form = _flat(self.rfile.read(int(self.headers["Content-Length"])).decode())
        if not self._is_allowed():
            return
        resource, sid = self._asked_for()
        if resource == "Messages":
            wrong = refusal(form)
            move = refused(*wrong) if wrong else self._next(self.api.script)
            self.api.over.wait(move.late)
            self._do(move, self.api.take(form) if move.takes else {})
            return
        things = self.api.calls if resource == "Calls" else self.api.numbers
        move = self._next(self.api.updates)
        wrong = things.refusal(sid, form) if move.takes else None
        move = refused(*wrong) if wrong else move
        document = things.update(sid, form) if move.takes else {}
        self._do(_read(move), document)

    def do_GET(self) -> None:
        if self._is_allowed():
            move = self._next(self.api.lists)
            query = _flat(urlsplit(self.path).query)
            is_of_messages = self._asked_for()[0] == "Messages"
            listed = self.api.listed if is_of_messages else self.api.numbers.listed
            self._do(_read(move), listed(query))

    def _next(self, script: deque[Move]) -> Move:
        return script.popleft() if script else self.api.chooses()

    def _asked_for(self) -> tuple[str, str]:
        """The resource and the sid in the path; blank where there is none."""
        found = _PATH.fullmatch(urlsplit(self.path).path)
        return (found["resource"], found["sid"] or "") if found else ("", "")

    def _is_allowed(self) -> bool:
        self.api.asked.append(f"{self.command} {self.path}")
        told = self.headers.get("Authorization", "Basic ").partition(" ")[2]
        name, _, key = base64.b64decode(told).partition(b":")
        if (name.decode(), key.decode()) != (ACCOUNT, TOKEN):
            self._do(refused(401, 20003), {})
            return False
        if self._asked_for() == ("", ""):
            self._do(refused(404, 20404), {})
            return False
        return True

    def _do(self, move: Move, document: dict[str, Any]) -> None:
        if move.silent:
            self.api.over.wait(self.api.longest_silence)
        if move.silent or move.status is None:
            self.close_connection = True
            return
        if move.status >= 400:
            more = f"https://www.twilio.com/docs/errors/{move.code}"
            said = f"No, not to '{document.get('to', '+31600000000')}'"
            document = {
                "code": move.code,
                "message": said,
                "more_info": more,
                "status": move.status,
            }
        if move.dribbles:
            self._dribble()
            return
        body = (json.dumps(document) if move.text is None else move.text).encode()
        self.send_response(move.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        if move.retry_after:
            self.send_header("Retry-After", move.retry_after)
        self.end_headers()
        self.wfile.write(body)

    def _dribble(self) -> None:
        """An answer that comes forever, a byte at a time, so that no pause in it is long."""
        self.close_connection = True
        self.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while not self.api.over.wait(0.02):
            self.wfile.write(b" ")

    def log_message(self, *_: object) -> None:
        """Nothing is printed in a test."""

    def handle(self) -> None:
        """Whoever asks may be gone before the answer, and that is no error of this server."""
        try:
            super().handle()
        except ConnectionError:
            self.close_connection = True

    def finish(self) -> None:
        """The same."""
        try:
            super().finish()
        except ConnectionError:
            self.close_connection = True


def _read(move: Move) -> Move:
    """The same, where nothing is made by it."""
    return replace(move, status=200) if move.status == ACCEPTED.status else move


def _flat(form: str) -> dict[str, str]:
    return {key: values[0] for key, values in parse_qs(form, keep_blank_values=True).items()}


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64


@contextmanager
def running(clock: Callable[[], datetime]) -> Iterator[TwilioApi]:
    """The stand-in on a free port, until the end of the block."""
    api = TwilioApi(clock)
    handler = type("Handler", (_Handler,), {"api": api})
    with _Server(("127.0.0.1", 0), handler) as server:
        api.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield api
        finally:
            api.over.set()
            server.shutdown()
            thread.join()


def main() -> None:
    """The stand-in as a program, with the numbers of Leiderdorp as they were bought today."""
    with running(lambda: datetime.now(UTC)) as api:
        api.numbers.buys("+31715458500")
        api.numbers.buys("+31715458502")
        api.numbers.buys(SENDER, sms=True)
        account = f"TWILIO_ACCOUNT_SID={ACCOUNT} TWILIO_AUTH_TOKEN={TOKEN}"
        url = "PUBLIC_URL=https://afspraken.example.nl"
        sys.stdout.write(f"export TWILIO_API_URL={api.url} {account} {url}\n")
        sys.stdout.flush()
        api.over.wait()


if __name__ == "__main__":
    main()

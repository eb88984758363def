"""The storm asks as Twilio does, and finds two answers to one request."""

import http.server
import itertools
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import ClassVar

import pytest

from ivr.documents import Refused
from tests.storm.exchange import Exchange
from tests.storm.twilio import Way


@contextmanager
def answering(handler: type[http.server.BaseHTTPRequestHandler]) -> Iterator[int]:
    """The port of a server that answers so."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield server.server_port
        finally:
            server.shutdown()


class _Answers(http.server.BaseHTTPRequestHandler):
    """Says something else each time."""

    numbers = itertools.count()

    def document(self) -> str:
        """What stands in the next document."""
        return f'<Say language="nl-NL" voice="Polly.Laura">{next(self.numbers)}</Say><Hangup />'

    def do_POST(self) -> None:
        document = f"<Response>{self.document()}</Response>".encode()
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/xml")
        self.end_headers()
        self.wfile.write(document)


@pytest.mark.parametrize(
    ("path", "months", "broken", "faults"),
    [
        ("/voice/turns/3", 0, True, 1),
        ("/voice/turns/3", 1, False, 0),
        ("/voice/whisper", 0, False, 1),
        ("/voice/whisper", 0, True, 0),
    ],
)
def test_two_answers_to_one_request_are_found(
    path: str, months: int, *, broken: bool, faults: int
) -> None:
    """But the call may have been forgotten in between where the clock stepped over months.

    And an employee may hear that the caller whom he was to get is no longer waiting for him.
    """
    with answering(_Answers) as port:
        exchange = Exchange(port, chances={"without their answer, asked again": 1})
        way = Way(exchange, random.Random(1))  # noqa: S311  no secret
        way.broken = broken
        exchange.season += months
        way(path, {"CallSid": "CA1", "Digits": "1"})
    assert len(exchange.faults) == faults


class _ConnectsLater(_Answers):
    """Says something first, and then nothing."""

    said = iter(("<Hangup />", "") * 3)

    def document(self) -> str:
        return next(self.said)


@pytest.mark.parametrize(
    ("path", "key", "faults"),
    [
        ("/voice/whisper", "", 0),
        ("/voice/whisper/answer", "2", 0),
        ("/voice/whisper/answer", "1", 1),
    ],
)
def test_an_employee_may_be_connected_without_a_word(path: str, key: str, faults: int) -> None:
    """Where the database went away between two answers; one who says yes has the same twice."""
    with answering(_ConnectsLater) as port:
        exchange = Exchange(port, chances={"without their answer, asked again": 1})
        way = Way(exchange, random.Random(1))  # noqa: S311  no secret
        way(path, {"CallSid": "CA1", "Digits": key})
    assert len(exchange.faults) == faults


@pytest.mark.parametrize(("began", "faults"), [("/voice", 1), ("/voice/handover?token=1", 0)])
def test_an_agents_caller_may_be_brought_to_the_times_in_the_middle(
    began: str, faults: int
) -> None:
    """Where Twilio has given the handover up, its request may come while he presses another key."""
    with answering(_Answers) as port:
        chances = {"late twice, fallback": 1}
        exchange = Exchange(port, chances=chances)
        way = Way(exchange, random.Random(1))  # noqa: S311  no secret
        way(began, {"CallSid": "CA1"})
        exchange.chances = {"without their answer, asked again": 1}
        way("/voice/turns/3", {"CallSid": "CA1", "Digits": "1"})
        exchange.pool.shutdown()
    assert len(exchange.faults) == faults


class _Dies(http.server.BaseHTTPRequestHandler):
    """Hangs up without an answer, as a worker does that is killed; `asked` is where."""

    asked: ClassVar[list[str]] = []

    def do_POST(self) -> None:
        self.asked.append(self.path)


@pytest.mark.parametrize(("path", "times"), [("/voice", 3), ("/voice/turns/3", 2)])
def test_twilio_asks_as_often_as_the_line_has_told_it_to(path: str, times: int) -> None:
    """Twice more at an address of its settings, once at one of a document; then at the fallback."""
    _Dies.asked.clear()
    with answering(_Dies) as port:
        way = Way(Exchange(port, chances={"": 1}), random.Random(1))  # noqa: S311
        with pytest.raises(Refused):
            way(path, {"CallSid": "CA1"})
    assert _Dies.asked == [path] * times + ["/voice/fallback"] * 3
    assert way.silent


def test_that_a_call_is_over_is_told_again_where_no_answer_comes() -> None:
    """As often as the line has told Twilio to; nobody listens to what is answered."""
    _Dies.asked.clear()
    with answering(_Dies) as port:
        way = Way(Exchange(port), random.Random(1))  # noqa: S311  no secret
        way("/voice/status", {"CallSid": "CA1", "CallStatus": "completed"})
    assert _Dies.asked == ["/voice/status"] * 3

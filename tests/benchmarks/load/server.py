"""The line as `python app.py` serves it, with two floors beside it in the same processes.

`python -m tests.benchmarks.load.server PORT WORKERS`; its settings are the line's own.
"""

import os
import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask, Response, abort, request

import app
from ivr import starting
from ivr.server import serve
from ivr.signature import is_signed
from ivr.webhooks import door

BARE, SIGNED, WORKER = "/bare", "/voice/signed", "/worker"

AHEAD = "LOAD_CLOCK_AHEAD"
"""By so many seconds the clock of a line with an account runs ahead; no other such line's does."""

_DOCUMENT = '<?xml version="1.0" encoding="UTF-8"?><Response><Hangup /></Response>'

WSGI = Callable[[dict[str, Any], Any], Iterable[bytes]]


def create_app() -> WSGI:
    """The line, one more route that only checks the signature, and a bare application's route."""
    line = app.create_serving_app()
    assert isinstance(line, Flask)  # one municipality
    line.add_url_rule(SIGNED, "signed", signed, methods=["POST"])
    other = bare()

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:  # noqa: ANN401
        chosen = other if environ["PATH_INFO"] in {BARE, WORKER} else line
        return chosen(environ, start_response)

    return answer


def bare() -> Flask:
    """An empty application: one route answers a constant document, and one tells who does."""
    empty = Flask("bare")
    empty.add_url_rule(BARE, "constant", constant, methods=["POST"])
    empty.add_url_rule(WORKER, "worker", lambda: str(os.getpid()))
    return empty


def constant() -> Response:
    """The same document to everybody."""
    assert request.form["CallSid"]
    return Response(_DOCUMENT, content_type="text/xml; charset=utf-8")


def signed() -> Response:
    """The same document to everybody whose request Twilio signed."""
    if not is_signed(door().signature):
        abort(403)
    return constant()


def main() -> None:
    """Prepares the tables and the roster as the line does, and serves."""
    port, workers = map(int, sys.argv[1:])
    (parts,) = app.installed(app._instance())
    if ahead := os.environ.get(AHEAD):
        by = timedelta(seconds=int(ahead))
        parts = replace(parts, clock=lambda: datetime.now(UTC) + by)
        app._started_with = [parts]
    starting.prepare(parts.database, parts.calendar, parts.clock())
    parts.database.close()
    serve("tests.benchmarks.load.server:create_app", "127.0.0.1", port, workers)


if __name__ == "__main__":
    main()

"""The line with two routes more: the floors that a turn and the agent's page are held against.

`python -m tests.benchmarks.server URL PORT` serves it as `python app.py` would.
"""

import os
import sys
from datetime import UTC, datetime
from functools import partial

from flask import Flask, Response, abort, render_template, request
from sqlalchemy import bindparam, update

from app import application, counting, keep_loaded
from ivr.calls import calls
from ivr.logs import log_as_json
from ivr.parts import Parts
from ivr.server import serve
from ivr.settings import Settings
from ivr.signature import Signature, is_signed
from ivr.webhooks import door
from scheduling.calendar import Calendar
from scheduling.database import Connection, Database
from scheduling.municipality_file import LEIDERDORP, read
from web.signing_in import signed_in

TOKEN = "a-token-for-benchmarks"  # noqa: S105  nobody's
PUBLIC_URL = "https://afspraken.example.nl"
NOW = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
"""The clock stands still on a Tuesday morning, so that the line is open whenever this runs."""

FLOOR, EMPTY_PAGE = "/voice/floor", "/empty-page"

_URL = "BENCHMARK_DATABASE_URL"
_DOCUMENT = '<?xml version="1.0" encoding="UTF-8"?><Response><Hangup /></Response>'
_UPDATE = update(calls).where(calls.c.sid == bindparam("this_sid")).values(slow=bindparam("now"))


def create_app() -> Flask:
    """The application that the benchmarked server runs."""
    log_as_json()
    file = read(LEIDERDORP)
    database = Database(os.environ[_URL])
    database.hurry()  # as every line does that serves
    app = application(
        Parts(
            Settings(_env_file=None),  # type: ignore[call-arg]
            file,
            Calendar(file.municipality),
            database,
            Signature.of(PUBLIC_URL, (TOKEN,)),
            lambda: NOW,
        )
    )
    keep_loaded()
    app.add_url_rule(FLOOR, "floor", floor, methods=["POST"])
    app.extensions["beside"].pages.add_url_rule(EMPTY_PAGE, "empty_page", empty_page)
    return app


def floor() -> Response:
    """Checks the signature, commits one durable one-row update, answers a constant document."""
    if not is_signed(door().signature):
        abort(403)
    door().line.database.transact(partial(_touch, request.form["CallSid"]))
    return Response(_DOCUMENT, content_type="text/xml; charset=utf-8")


def empty_page() -> str:
    """The frame of every page with nothing in it, for who is signed in."""
    if signed_in() is None:
        abort(401)
    return render_template("base.html")


def _touch(sid: str, connection: Connection) -> None:
    connection.execute(_UPDATE, {"this_sid": sid, "now": True})


if __name__ == "__main__":
    os.environ[_URL] = sys.argv[1]
    with counting():
        serve("tests.benchmarks.server:create_app", "127.0.0.1", int(sys.argv[2]), workers=1)

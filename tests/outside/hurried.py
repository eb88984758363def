"""A line on PostgreSQL that answers callers and so is in a hurry, and what becomes of them."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager

from ivr.carrier import PhoneCall
from scheduling.calendar import Calendar
from scheduling.database import Database
from scheduling.municipality_file import MunicipalityFile
from scheduling.roster import publish
from tests import postgres
from tests.conftest import PUBLISHED_DAYS, TUESDAY, Clock, World, make_world

SECONDS_TO_RECOVER = 60


@contextmanager
def line_on(server: postgres.Server, file: MunicipalityFile) -> Iterator[World]:
    """A line with a book of its own on a server."""
    database = Database(server.url(server.create()))
    database.hurry()
    database.upgrade()
    calendar = Calendar(file.municipality)
    database.transact(lambda c: publish(c, calendar, TUESDAY, PUBLISHED_DAYS))
    yield make_world(database, file, Clock())
    database.close()


def reason(line: World) -> str | None:
    """Why the line says that it cannot book; None where it can."""
    found: str | None = json.loads(line.app.test_client().get("/ready").text)["reason"]
    return found


def recovers(line: World) -> None:
    """Waits until the line says of itself that it can book."""
    deadline = time.monotonic() + SECONDS_TO_RECOVER
    while why := reason(line):
        assert time.monotonic() < deadline, why
        time.sleep(0.05)


def reaches_a_human(call: PhoneCall) -> bool:
    """Whether the caller was told, and an employee was rung."""
    told = any(said.startswith("Sorry, er ging iets mis.") for _, said in call.transcript)
    return told and call.dialled == ["+31715458501"]

"""An employee at the pages: reads what is on them, fills forms in, and presses their buttons."""

import html
import re
from datetime import UTC, datetime
from functools import partial

from flask import Flask
from werkzeug.test import TestResponse

from scheduling.agenda import Entry, agenda
from tests.conftest import TUESDAY, World
from web import accounts, audit

PASSWORD = "een goed wachtwoord"  # noqa: S105  opens nothing but tests
"""Of every employee in the tests."""


class Employee:
    """A browser of one employee, with its cookies."""

    def __init__(self, app: Flask) -> None:
        self.client = app.test_client()
        self.page = ""
        self.answer: TestResponse | None = None

    @property
    def token(self) -> str:
        """The token of the page against forged forms."""
        found = re.search(r'name="csrf-token" content="([^"]+)"', self.page)
        return found[1] if found else ""

    @property
    def text(self) -> str:
        """What can be read on the page."""
        return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", self.page)).split())

    def looks_at(self, path: str) -> int:
        """Opens a page; its status."""
        return self._shows(self.client.get(path, follow_redirects=True))

    def sends(self, path: str, **form: object) -> int:
        """Sends a form of the page that is open; the status of the page that follows."""
        data = {"csrf_token": self.token} | {key: str(value) for key, value in form.items()}
        return self._shows(self.client.post(path, data=data, follow_redirects=True))

    def signs_in(self, name: str = "Fatima", password: str = PASSWORD) -> int:
        """Fills in the form to sign in."""
        self.looks_at("/staff/sign-in")
        return self.sends("/staff/sign-in", name=name, password=password)

    def asks_for(self, service: str = "travel-document", **more: object) -> list[int]:
        """Asks for times; those that are offered, as the form names them."""
        self.sends("/agent/times", **({"service": service, "persons": 1, "page": self.id} | more))
        return self.offered

    @property
    def offered(self) -> list[int]:
        """The times on the page, as the form names them."""
        return [int(each) for each in re.findall(r'name="start" value="(\d+)"', self.page)]

    @property
    def id(self) -> str:
        """The name of the page with times."""
        found = re.search(r'data-stay="[^"]*/agent/pages/([^/]+)/stay"', self.page)
        return found[1] if found else ""

    @property
    def place(self) -> str:
        """The address of the page that is open."""
        assert self.answer
        return self.answer.request.path

    @property
    def reference(self) -> str:
        """The reference of the appointment on the page."""
        found = re.search(r"Afspraak ((?:\d{3} ?){4})", self.text)
        assert found, self.text
        return found[1].replace(" ", "")

    def books(self, start: int, **more: object) -> int:
        """Chooses a time."""
        return self.sends(f"/agent/pages/{self.id}/book", start=start, **more)

    def _shows(self, answer: TestResponse) -> int:
        self.answer, body = answer, answer.get_data(as_text=True)
        if answer.mimetype == "text/html" and 'name="csrf-token"' in body:
            self.page = body
        return answer.status_code


def hire(world: World, name: str = "Fatima", role: str = "agent") -> Employee:
    """Somebody with an account, who has not signed in yet."""
    add = partial(accounts.add, name=name, role=role, password=PASSWORD, now=world.clock())
    world.database.transact(add)
    return Employee(world.app)


def at_work(world: World, name: str = "Fatima", role: str = "agent") -> Employee:
    """Somebody who has just signed in."""
    employee = hire(world, name, role)
    assert employee.signs_in(name) == (200 if role in {"agent", "manager"} else 403)
    return employee


def deeds(world: World) -> list[tuple[str, str]]:
    """What was written down: who did what."""
    with world.database.read() as connection:
        found = audit.listed(connection, datetime(2026, 1, 1, tzinfo=UTC))
    return [(each.who, each.action) for each in found]


def entries(world: World, status: str = "booked") -> list[Entry]:
    """What stands in the agenda."""
    with world.database.read() as connection:
        found = agenda(connection, world.calendar, world.clock(), TUESDAY, None)
    return [each for each in found if each.status == status]

"""An installation below a path of its host: every link, form and redirect stays below it."""

import re
from dataclasses import replace
from urllib.parse import urlsplit

import pytest

from app import application
from ivr.signature import Signature
from tests.calling import PASSPORT, hears, press_all
from tests.conftest import World
from tests.web.employee import Employee, at_work, entries

PREFIX = "/afspraken"


@pytest.fixture
def below(world: World) -> World:
    """An installation at https://example.nl/afspraken."""
    signature = Signature.of(f"https://example.nl{PREFIX}", ("a-token-for-tests",))
    parts = replace(world.parts, signature=signature)
    return World(parts, application(parts), world.clock)


def addresses(page: str) -> list[str]:
    """Where a page leads or sends to, the anchors on itself apart."""
    found = re.findall(r'(?:href|src|action|formaction|data-[a-z]+)="(/[^"]*)"', page)
    assert found
    return found


def test_everything_on_the_pages_is_below_the_path(below: World) -> None:
    """To sign in, to book, to hand over, to switch, to sign out; and what they load is there."""
    agent = at_work(below)
    pages = [agent.page]
    agent.asks_for()
    pages.append(agent.page)
    agent.sends(f"/agent/pages/{agent.id}/handover")
    pages.append(agent.page)
    agent.books(agent.asks_for()[0])
    pages.append(agent.page)
    assert len(entries(below)) == 1
    agent.looks_at("/staff/password")
    pages.append(agent.page)
    agent.sends("/staff/sign-out")
    pages.append(agent.page)
    for page in pages:
        assert all(each.startswith(f"{PREFIX}/") for each in addresses(page))
    for each in addresses(agent.page):
        if "/static/" in each:
            with agent.client.get(each) as answer:
                assert answer.status_code == 200


def test_redirects_stay_below_the_path(below: World) -> None:
    """Also for whoever is not signed in."""
    answer = below.app.test_client().get("/agent")
    assert urlsplit(answer.headers["Location"]).path == f"{PREFIX}/staff/sign-in"


@pytest.mark.parametrize("path", ["/staff/sign-in", f"{PREFIX}/staff/sign-in"])
def test_a_proxy_may_take_the_path_off_or_leave_it(below: World, path: str) -> None:
    """The same page comes, and an address beside it is not there."""
    employee = Employee(below.app)
    assert employee.looks_at(path) == 200
    assert "Aanmelden" in employee.text
    assert employee.looks_at(f"{PREFIX}elders{path}") == 404


def test_callers_are_answered_as_before(below: World) -> None:
    """Twilio signs the whole address, and is told to come back to it."""
    call = below.caller()
    post = call.post
    call.post = lambda path, form: post(path.removeprefix(PREFIX), form)
    call.ring()
    press_all(call, PASSPORT + "1")
    assert hears(call, "Uw afspraak staat vast")

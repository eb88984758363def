"""What no page of ours sends changes nothing, and breaks nothing."""

import pytest

from ivr.refusals import MOST_BYTES
from tests.conftest import World
from tests.web.employee import Employee, at_work, entries

REFERENCE = "234567892345"


@pytest.fixture
def agent(worlds: World) -> Employee:
    """An agent who has just signed in, once on each database."""
    return at_work(worlds)


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"service": "permit"},
        {"service": "permit", "persons": "x"},
        {"service": "permit", "persons": "1", "language": "xx"},
        {"service": "permit", "persons": "1", "day": "9999-12-31"},
        {"service": "permit", "persons": "1", "day": "2026-11-30"},
        {"service": "permit", "persons": "1", "day": "morgen"},
    ],
)
def test_a_wish_that_is_none_is_refused(
    worlds: World, agent: Employee, form: dict[str, str]
) -> None:
    """Nothing is held."""
    assert agent.sends("/agent/times", **form) == 400
    assert entries(worlds, "held") == []


def test_a_form_that_is_too_large_is_refused(worlds: World, agent: Employee) -> None:
    """It is not read: nobody fills the memory, signed in or not."""
    large = "x" * MOST_BYTES
    assert agent.sends("/agent/times", service="permit", persons="1", day=large) == 413
    assert agent.sends("/staff/sign-in", name=large, password="") == 413
    assert entries(worlds, "held") == []


@pytest.mark.parametrize("wish", [("permit", 9), ("permit", 0), ("\x00", 1), ("permit", 10**30)])
def test_a_wish_that_cannot_be_is_explained(agent: Employee, wish: tuple[str, int]) -> None:
    """The agent reads what to change."""
    agent.sends("/agent/times", service=wish[0], persons=wish[1])
    assert "minder personen" in agent.text


@pytest.mark.parametrize("start", ["", "x", "-1", "9" * 30, "0"])
def test_a_time_that_was_not_offered_is_not_booked(
    worlds: World, agent: Employee, start: str
) -> None:
    """Only what stood on the page can be chosen."""
    agent.asks_for()
    agent.sends(f"/agent/pages/{agent.id}/book", start=start)
    assert entries(worlds) == []


@pytest.mark.parametrize("page", ["x", "\x00", "é" * 40, "a" * 300])
def test_a_page_of_nobody_is_explained(worlds: World, agent: Employee, page: str) -> None:
    """Its times are not valid any more."""
    agent.sends(f"/agent/pages/{page}/book", start="1")
    agent.sends(f"/agent/pages/{page}/stay")
    agent.sends(f"/agent/pages/{page}/leave")
    assert agent.looks_at(f"/agent?page={page}") == 200
    assert entries(worlds) == []


def test_nobody_books_on_the_page_of_another(worlds: World, agent: Employee) -> None:
    """A page belongs to the agent who asked for it."""
    start = agent.asks_for()[0]
    other = at_work(worlds, "Henk")
    assert other.sends(f"/agent/pages/{agent.id}/book", start=start) == 200
    assert "niet meer geldig" in other.text
    other.sends(f"/agent/pages/{agent.id}/leave")
    assert entries(worlds) == []
    assert len(entries(worlds, "held")) == 3


@pytest.mark.parametrize("reference", ["", "x", "1", REFERENCE, "9" * 400, "<b>", "٣" * 12])
def test_a_reference_of_nobody_is_explained(agent: Employee, reference: str) -> None:
    """The agent reads what a reference looks like."""
    agent.sends("/agent/find", reference=reference)
    assert "Er is geen afspraak met dit nummer." in agent.text


@pytest.mark.parametrize("reference", ["x", "\x00", REFERENCE, "1" * 500])
def test_an_address_of_nothing_is_not_there(agent: Employee, reference: str) -> None:
    """404, and no trace of an error."""
    assert agent.looks_at(f"/agent/appointments/{reference}") == 404


@pytest.mark.parametrize("task", ["0", "9" * 30])
def test_a_task_of_nobody_does_nothing(agent: Employee, task: str) -> None:
    """Nothing is struck off."""
    assert agent.sends(f"/agent/tasks/{task}/done") in {200, 404}


def test_a_visit_that_is_over_is_not_changed(worlds: World, agent: Employee) -> None:
    """What is past stays as it was."""
    start = agent.asks_for()[0]
    agent.books(start)
    reference = agent.reference
    worlds.clock.passes(minutes=55)
    agent.looks_at("/agent")
    worlds.clock.passes(minutes=55)
    agent.looks_at(f"/agent/appointments/{reference}")
    assert "Afzeggen" not in agent.text
    agent.sends(f"/agent/appointments/{reference}/cancel", seen=start)
    agent.sends(f"/agent/appointments/{reference}/times")
    assert len(entries(worlds)) == 1
    assert entries(worlds, "held") == []

"""Agents sign in and out of taking calls, and whose session ends takes none."""

from datetime import timedelta

import pytest

from scheduling.presence import present, somebody_present
from tests.conftest import World
from tests.web.employee import PASSWORD, Employee, at_work, deeds, entries
from tests.web.test_commands import run
from web.sessions import IDLE, LONGEST


@pytest.fixture
def agent(worlds: World) -> Employee:
    """An agent who takes calls, once on each database."""
    employee = at_work(worlds)
    assert "U neemt geen gesprekken aan" in employee.text
    takes(employee)
    return employee


def takes(employee: Employee, wanted: str = "yes", **more: object) -> None:
    """Presses the switch."""
    assert employee.sends("/agent/taking-calls", taking=wanted, **more) == 200


def there(world: World) -> list[str]:
    """Who takes calls now."""
    with world.database.read() as connection:
        return present(connection, world.clock())


def test_an_agent_begins_and_stops_with_one_click(worlds: World, agent: Employee) -> None:
    """He sees it, his colleagues see it, and it is written down once."""
    other = at_work(worlds, "Henk")
    assert "U neemt gesprekken aan" in agent.text
    assert "U neemt geen gesprekken aan" in other.text
    assert "Nemen nu gesprekken aan: Fatima." in other.text
    takes(agent)
    assert there(worlds) == ["Fatima"]
    takes(other)
    takes(agent, "no")
    takes(agent, "no")
    assert "U neemt geen gesprekken aan" in agent.text
    assert "Nemen nu gesprekken aan: Henk." in agent.text
    for action in ("calls_begun", "calls_stopped"):
        assert deeds(worlds).count(("Fatima", action)) == 1


def test_whoever_signs_out_takes_no_calls(worlds: World, agent: Employee) -> None:
    """Nobody has to think of it."""
    agent.sends("/staff/sign-out")
    assert there(worlds) == []
    with worlds.database.read() as connection:
        assert not somebody_present(connection, worlds.clock())
    agent.signs_in()
    assert "U neemt geen gesprekken aan" in agent.text


def test_who_clicks_nothing_for_long_takes_no_calls(worlds: World, agent: Employee) -> None:
    """The session is over then; a page that brings itself up to date is no click."""
    worlds.clock.passes(minutes=50)
    agent.looks_at("/agent")
    worlds.clock.passes(minutes=30)
    agent.looks_at("/agent/live")
    assert there(worlds) == ["Fatima"]
    worlds.clock.passes(minutes=31)
    agent.looks_at("/agent/live")
    assert there(worlds) == []
    assert agent.looks_at("/agent") == 200
    assert "Aanmelden" in agent.text
    assert timedelta(minutes=50) < IDLE


def test_after_a_working_day_nobody_takes_calls(world: World) -> None:
    """However busy he was: his session has ended too."""
    agent = at_work(world)
    takes(agent)
    for _ in range(int(LONGEST.total_seconds() // 1800) - 1):
        world.clock.passes(minutes=30)
        agent.looks_at("/agent")
        assert there(world) == ["Fatima"]
    world.clock.passes(minutes=30)
    assert there(world) == []


def test_who_is_removed_takes_no_calls(worlds: World, agent: Employee) -> None:
    """Nor whose password was set; who sets another one himself stays."""
    agent.looks_at("/staff/password")
    new = "nog een beter wachtwoord"
    agent.sends("/staff/password", password=PASSWORD, new=new, again=new)
    assert "U neemt gesprekken aan" in agent.text
    run(worlds, "password", "fatima", "--random")
    assert there(worlds) == []
    other = at_work(worlds, "Henk")
    takes(other)
    run(worlds, "remove", "henk")
    assert there(worlds) == []


def test_the_switch_leaves_the_agent_where_he_was(world: World) -> None:
    """At the same times, the same appointment, the same code; nothing he held is lost."""
    agent = at_work(world)
    offered = agent.asks_for()
    takes(agent, page=agent.id)
    assert agent.offered == offered
    assert len(entries(world, "held")) == 3
    agent.sends(f"/agent/pages/{agent.id}/handover")
    place, row = agent.place, agent.place.rpartition("/")[2]
    takes(agent, "no", handover=row)
    assert agent.place == place
    agent.books(agent.asks_for()[0])
    reference = agent.reference
    takes(agent, reference=reference)
    assert agent.reference == reference


@pytest.mark.parametrize("wanted", ["", "maybe", "\x00"])
def test_anything_else_is_refused(world: World, wanted: str) -> None:
    """Nothing changes."""
    agent = at_work(world)
    assert agent.sends("/agent/taking-calls", taking=wanted) == 400
    assert there(world) == []

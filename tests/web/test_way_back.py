"""One click on the agent's page sends the caller whom he talks with back into the flow."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from ivr.carrier import PhoneCall
from tests.calling import hears, press_all
from tests.conftest import World
from tests.ivr.looking import booked
from tests.ivr.test_back_into_flow import Exchange, exchange_in
from tests.twilio_api import FAILED_BEFORE, refused
from tests.twilio_calls import COMPLETED
from tests.web.employee import Employee, at_work, deeds


@pytest.fixture
def exchange(world: World) -> Iterator[Exchange]:
    """A line with an account, whose page sends callers back through Twilio."""
    with exchange_in(world) as found:
        here = world.pages.extensions["back_office"]
        world.pages.extensions["back_office"] = replace(here, way_back=found.back)
        yield found


def sends_back(agent: Employee, call: PhoneCall) -> int:
    """Clicks the button beside a caller, where there is one."""
    agent.looks_at(f"/agent?page={agent.id}")
    assert f"/agent/calls/{call.sid}/back" in agent.page
    return agent.sends(f"/agent/calls/{call.sid}/back", page=agent.id)


def test_the_caller_goes_on_with_what_he_chose(exchange: Exchange, world: World) -> None:
    """He hears the first free times from the beginning, and books with two keys."""
    agent = at_work(world)
    call = exchange.talks("1120")
    assert sends_back(agent, call) == 200
    assert "hoort nu de eerste vrije tijden" in agent.text
    exchange.carries_out(call)
    assert hears(call, "Ik noem de eerste tijden")
    press_all(call, "11")
    (entry,) = booked(world)
    assert (entry.service, entry.persons) == ("travel-document", 2)
    assert ("Fatima", "sent_back") in deeds(world)


def test_what_the_agent_chose_goes_first(exchange: Exchange, world: World) -> None:
    """He picked another service on his page, in English: that is what the caller hears."""
    agent = at_work(world)
    call = exchange.talks("1110")
    agent.asks_for("driving-licence", language="en")
    sends_back(agent, call)
    exchange.carries_out(call)
    assert hears(call, "Free times for a driving licence")


def test_who_has_hung_up_meanwhile_is_told(exchange: Exchange, world: World) -> None:
    """A normal outcome: nothing to be done, and no code is shown."""
    agent = at_work(world)
    call = exchange.talks()
    exchange.api.calls.status[call.sid] = COMPLETED
    sends_back(agent, call)
    assert "intussen opgehangen" in agent.text
    assert "Code om door te geven" not in agent.text
    call.hang_up()
    agent.sends(f"/agent/calls/{call.sid}/back")
    assert "intussen opgehangen" in agent.text


def test_twilio_is_away_and_the_agent_tries_again(exchange: Exchange, world: World) -> None:
    """He sees the code, and a button; both attempts are one handover."""
    agent = at_work(world)
    call = exchange.talks("1110")
    exchange.api.updates.extend([FAILED_BEFORE] * 40)
    sends_back(agent, call)
    assert "antwoordt niet" in agent.text
    (again,) = re.findall(rf"/agent/calls/{call.sid}/back/\d+", agent.page)
    exchange.api.updates.clear()
    agent.sends(again)
    assert "hoort nu de eerste vrije tijden" in agent.text
    exchange.carries_out(call)
    assert hears(call, "Ik noem de eerste tijden")


def test_twilio_refuses_and_the_code_is_left(exchange: Exchange, world: World) -> None:
    """The agent can still hand the caller over himself."""
    agent = at_work(world)
    call = exchange.talks("1110")
    exchange.api.updates.append(refused(401, 20003))
    sends_back(agent, call)
    assert "weigert dit" in agent.text
    assert "Code om door te geven" in agent.text


def test_a_demo_shows_the_code(world: World) -> None:
    """There is no account, so nobody can be sent; the code works all the same."""
    agent = at_work(world)
    call = world.rings(agents=("in-progress",))
    press_all(call, "1110")
    sends_back(agent, call)
    assert "geen telefoondienst" in agent.text
    assert "Code om door te geven" in agent.text


@pytest.mark.parametrize("path", ["/agent/calls/CAx/back/7", "/agent/calls/CAx/back/99999999999"])
def test_a_handover_of_nobody_is_not_found(world: World, path: str) -> None:
    """Nor is that of another agent."""
    agent = at_work(world)
    agent.looks_at("/agent")
    assert agent.sends(path) == 404


def test_a_call_that_is_with_nobody_is_not_sent(exchange: Exchange, world: World) -> None:
    """Only a caller whom an agent took can be sent back: not one who chooses by himself."""
    agent = at_work(world)
    call = world.rings()
    agent.looks_at("/agent")
    assert f"/agent/calls/{call.sid}/back" not in agent.page
    agent.sends(f"/agent/calls/{call.sid}/back")
    assert exchange.api.calls.sent_to == []

"""An agent hands the caller to the line with a code; the counter reads what he noted."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from ivr.carrier import PhoneCall
from tests.calling import hears, press_all
from tests.conftest import World, make_world
from tests.web.employee import Employee, at_work, deeds, entries
from web import audit

DIGITS = ["nul", "één", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen"]


@pytest.fixture
def agent(worlds: World) -> Employee:
    """An agent who has just signed in, once on each database."""
    return at_work(worlds)


def code(employee: Employee) -> str:
    """The code that is shown, in groups of three."""
    found = re.search(r'class="code"[^>]*>(\d{3} \d{3} \d{3})<', employee.page)
    assert found, employee.text
    return found[1].replace(" ", "")


def hands_over(employee: Employee, **more: object) -> str:
    """Makes a code for what stands on the page."""
    assert employee.sends(f"/agent/pages/{employee.id}/handover", **more) == 200
    return code(employee)


def test_a_code_takes_the_caller_to_his_times(worlds: World, agent: Employee) -> None:
    """One click; what was held for the agent is what the caller is offered."""
    first = agent.asks_for(persons=2)[0]
    press_all(call := _consults(worlds), hands_over(agent, note="in een rolstoel"))
    assert hears(call, "twee personen")
    press_all(call, "111")
    (entry,) = entries(worlds)
    assert (entry.channel, entry.persons) == ("telephone", 2)
    assert int(entry.starts_at.timestamp()) == first
    agent.looks_at(f"/agent/appointments/{entry.reference}")
    assert "Voor de balie in een rolstoel" in agent.text


def test_who_signs_out_in_mid_transfer_has_handed_over_all_the_same(
    worlds: World, agent: Employee
) -> None:
    """His session ends while he keys the code in, and before he completes the transfer."""
    agent.asks_for(persons=2)
    digits = hands_over(agent)
    call = _consults(worlds)
    press_all(call, digits[:4])
    agent.sends("/staff/sign-out")
    assert agent.looks_at("/agent") == 200
    assert "Wachtwoord" in agent.text
    press_all(call, digits[4:])
    assert hears(call, "twee personen")
    call.stay_silent()
    assert hears(call, "Ik noem de eerste tijden")


def test_the_page_says_what_to_do_with_a_code(worlds: World, agent: Employee) -> None:
    """Until when it is valid, for what, which number to ring; and that it is used, or over."""
    agent.asks_for(persons=2, language="en")
    first = hands_over(agent)
    assert "Geldig tot 10:10 uur" in agent.text
    assert "2 personen" in agent.text
    assert "Engels" in agent.text
    assert "Bel 071 545 8502" in agent.text
    place = agent.place
    press_all(_consults(worlds), first)
    agent.looks_at(place)
    assert "Deze code is al gebruikt." in agent.text
    agent.asks_for()
    hands_over(agent)
    place = agent.place
    worlds.clock.passes(minutes=10)
    agent.looks_at(place)
    assert "Deze code is niet meer geldig." in agent.text


def test_a_line_without_a_second_number_names_none(world: World) -> None:
    """The agent reads that he rings it."""
    municipality = world.parts.file.municipality
    telephone = municipality.telephone.model_copy(update={"handover": None})
    without = municipality.model_copy(update={"telephone": telephone})
    file = replace(world.parts.file, municipality=without)
    agent = at_work(make_world(world.database, file, world.clock))
    agent.asks_for()
    hands_over(agent)
    assert "Bel het tweede nummer van de afsprakenlijn." in agent.text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("06 87654321", "0687654321"),
        ("071-5458501", "0715458501"),
        ("+49 30 901820", "004930901820"),
    ],
)
def test_the_caller_s_number_goes_along(world: World, typed: str, said: str) -> None:
    """A mobile, a landline, one from abroad: he need not key it in to be rung back."""
    agent = at_work(world)
    agent.asks_for()
    call = _consults(world)
    press_all(call, hands_over(agent, mobile=typed) + "103")
    assert hears(call, "Wij bellen u terug op dit nummer")
    words = re.findall(r"\w+", " ".join(call.heard).partition("nummer")[2].lower())
    digits = "".join(str(DIGITS.index(each)) for each in words if each in DIGITS)
    assert digits.startswith(said)


def test_a_wrong_number_is_told_at_its_field(worlds: World, agent: Employee) -> None:
    """What was typed stays, the times too, and no code is made."""
    offered = agent.asks_for()
    path = f"/agent/pages/{agent.id}/handover"
    assert agent.sends(path, mobile="12", note="met hond") == 422
    assert "Dit is geen telefoonnummer." in agent.text
    assert 'value="met hond"' in agent.page
    assert agent.offered == offered
    assert len(entries(worlds, "held")) == 3


def test_an_appointment_is_handed_over(worlds: World, agent: Employee) -> None:
    """The caller hears it, and goes on by himself; also while other times are on the page."""
    agent.books(agent.asks_for()[0])
    reference = agent.reference
    path = f"/agent/appointments/{reference}/handover"
    assert agent.sends(path, mobile="12") == 422
    assert agent.sends(path, mobile="0687654321", note="komt met een tolk") == 200
    press_all(call := _consults(worlds), code(agent) + "1")
    assert hears(call, "U heeft een afspraak")
    agent.looks_at(f"/agent/appointments/{reference}")
    assert "komt met een tolk" in agent.text
    agent.sends(f"/agent/appointments/{reference}/times")
    press_all(call := _consults(worlds), hands_over(agent) + "1")
    assert hears(call, "U heeft een afspraak")
    assert entries(worlds, "held") == []


def test_handovers_are_written_down_without_numbers(worlds: World, agent: Employee) -> None:
    """Neither the caller's number, nor the code, nor the note."""
    agent.asks_for()
    made = hands_over(agent, mobile="0687654321", note="in een rolstoel")
    assert ("Fatima", "handed_over") in deeds(worlds)
    with worlds.database.read() as connection:
        written = repr(audit.listed(connection, worlds.clock() - timedelta(days=1)))
    assert "87654321" not in written
    assert made not in written
    assert "rolstoel" not in written


def test_a_code_is_shown_to_its_agent_only(worlds: World, agent: Employee) -> None:
    """To nobody else, and not under a made-up name."""
    agent.asks_for()
    page = agent.id
    hands_over(agent)
    place = agent.place
    other = at_work(worlds, "Henk")
    assert other.looks_at(place) == 404
    assert agent.looks_at(place) == 200
    assert agent.looks_at("/agent/handovers/" + "9" * 30) == 404
    assert other.sends(f"/agent/pages/{page}/handover") == 200
    assert "niet meer geldig" in other.text


def test_a_visit_at_home_is_not_handed_over(agent: Employee) -> None:
    """The line would book it without an address."""
    agent.asks_for("id-card-home-visit")
    assert "Geef door" not in agent.text
    agent.sends(f"/agent/pages/{agent.id}/handover")
    assert "boekt u zelf" in agent.text


@pytest.mark.parametrize("typed", ["a\x00b\n c", "x" * 5000])
def test_whatever_is_typed_as_a_note_is_kept_readable(worlds: World, typed: str) -> None:
    """On one line, and not longer than is kept."""
    agent = at_work(worlds)
    agent.books(agent.asks_for()[0])
    agent.sends(f"/agent/appointments/{agent.reference}/handover", note=typed)
    assert len(code(agent)) == 9


def test_the_counter_reads_a_note_about_what_the_agent_booked(
    worlds: World, agent: Employee
) -> None:
    """Long after, and also where the appointment was moved; the note is no way into the line."""
    agent.books(agent.asks_for()[0], note="in een rolstoel")
    assert "Voor de balie in een rolstoel" in agent.text
    reference = agent.reference
    agent.sends(f"/agent/appointments/{reference}/times")
    agent.books(agent.offered[-1])
    assert agent.reference == reference
    assert "Voor de balie in een rolstoel" in agent.text
    worlds.clock.passes(days=5)
    other = at_work(worlds, "Henk")
    other.books(other.asks_for()[0])
    assert "Voor de balie" not in other.text.partition("Sms")[0]
    other.looks_at(f"/agent/appointments/{reference}")
    assert "Voor de balie in een rolstoel" in other.text


def test_a_full_service_can_be_handed_over(world: World) -> None:
    """Where the agent sees no times the line may still help."""
    agent = at_work(world)
    agent.asks_for(day=(world.clock().date() + timedelta(days=300)).isoformat())
    assert agent.offered == []
    assert "Er is niets vrij" in agent.text
    hands_over(agent)


def _consults(world: World) -> PhoneCall:
    """The agent rings the line's second number."""
    call = world.caller(number="+31715458501")
    call.ring("/voice/handover")
    return call

"""After a booking: another appointment right behind it, a message, and what can be done online."""

import pytest
from sqlalchemy import select

from scheduling.openings import Wish
from scheduling.outbox import messages
from tests.calling import PASSPORT, hears, key_in, press_all
from tests.conftest import World
from tests.ivr.looking import adds_up, booked
from tests.scheduling.door import Door

LANDLINE = "+31715891234"


def outbox(world: World) -> list[tuple[str, str]]:
    """What is to be sent, to whom."""
    with world.database.read() as connection:
        wanted = select(messages.c.kind, messages.c.mobile).order_by(messages.c.id)
        return [tuple(row) for row in connection.execute(wanted)]


def test_another_appointment_is_offered_right_after_the_first(worlds: World) -> None:
    """A driving licence at ten past eleven, behind a passport at eleven."""
    call = worlds.rings()
    press_all(call, PASSPORT + "1")
    call.press("1")
    assert hears(call, "Waarvoor is de volgende afspraak?")
    press_all(call, "12")
    assert hears(call, "Vandaag, dinsdag één december, om elf uur tien: toets één.")
    press_all(call, "11")
    assert hears(call, "Uw afspraak staat vast. U komt voor een rijbewijs")
    assert [(e.service, f"{e.starts_at:%H:%M}") for e in booked(worlds)] == [
        ("travel-document", "11:00"),
        ("driving-licence", "11:10"),
    ]
    assert adds_up(worlds)


def test_the_star_leads_back_to_the_first_reference(world: World) -> None:
    """Who does not want another one after all can hear the first again."""
    call = world.rings()
    press_all(call, "9" + PASSPORT + "11*")
    assert hears(call, "Your appointment is booked.")


def test_where_nothing_is_free_for_the_next_one_the_greeting_offers_others(world: World) -> None:
    """Not the end of the first appointment once more."""
    Door(world.database, world.calendar).fill(Wish("permit"))
    call = world.rings()
    press_all(call, PASSPORT + "112")
    assert hears(call, "is er geen tijd vrij")
    call.press("2")
    assert hears(call, "Dit is de afsprakenlijn")


def test_a_mobile_gets_a_message_without_a_question(worlds: World) -> None:
    """The confirmation now; today's appointment needs no reminder of the day before."""
    call = worlds.rings()
    press_all(call, PASSPORT + "1")
    assert hears(call, "U krijgt ook een sms-bericht.")
    assert outbox(worlds) == [("confirmation", "+31612345678")]


@pytest.mark.parametrize("number", [LANDLINE, "anonymous", "sip:jan@centrale.example.nl"])
def test_another_line_is_asked_for_a_mobile(world: World, number: str) -> None:
    """The number is read back before anything is sent to it."""
    call = world.rings(number=number)
    press_all(call, PASSPORT + "1")
    assert not hears(call, "U krijgt ook")
    assert hears(call, "Voor een sms-bericht met uw afspraak: toets twee.")
    assert outbox(world) == []
    call.press("2")
    key_in(call, "0687654321")
    assert hears(call, "Dit is het nummer: Nul, zes, acht.")
    call.press("1")
    assert hears(call, "U krijgt ook een sms-bericht.")
    assert outbox(world) == [("confirmation", "+31687654321")]


@pytest.mark.parametrize("keyed", ["06123", "0031612345", "0715891234", "0123456789", "1111111111"])
def test_no_message_goes_to_what_is_no_dutch_mobile(world: World, keyed: str) -> None:
    """Too few digits, a foreign number, a landline: asked again, in other words."""
    call = world.rings(number=LANDLINE)
    press_all(call, PASSPORT + "12")
    key_in(call, keyed)
    assert hears(call, "Dit is geen Nederlands mobiel nummer. Het begint met nul, zes.")
    assert outbox(world) == []


def test_a_caller_can_decline_the_message(world: World) -> None:
    """He says nothing, and has heard the reference twice."""
    call = world.rings(number=LANDLINE)
    press_all(call, PASSPORT + "1")
    call.stay_silent()
    assert hears(call, "tot ziens")
    assert outbox(world) == []


def test_a_reminder_is_written_with_the_booking(world: World) -> None:
    """For an appointment next week."""
    call = world.rings()
    press_all(call, "1115111")
    call.press("1")
    assert [kind for kind, _ in outbox(world)] == ["confirmation", "reminder"]


@pytest.mark.parametrize(("keys", "online"), [("131", True), ("21", True), ("121", False)])
def test_what_can_be_done_online_says_so_after_the_booking(
    world: World,
    keys: str,
    online: bool,  # noqa: FBT001  a column of the table
) -> None:
    """One short sentence, and only then: he could still book."""
    call = world.rings()
    press_all(call, keys)
    assert not hears(call, "op internet")
    call.press("1")
    assert hears(call, "U kunt dit ook regelen op internet: www punt leiderdorp punt nl.") == online


def test_english_stays_with_the_appointment(world: World) -> None:
    """The counter and the message know which language to use."""
    call = world.rings()
    press_all(call, "9" + PASSPORT + "1")
    assert [entry.language for entry in booked(world)] == ["en"]

"""The number dialled, or the path, chooses the municipality."""

import re

import pytest

from tests.calling import PASSPORT, hears, key_in, press_all
from tests.conftest import World
from tests.ivr.looking import booked, held
from tests.ivr.tenants.town import BOTH, adds_up, books, made
from tests.tenants import Towns


def test_the_number_dialled_chooses_the_municipality(towns: Towns, here: World) -> None:
    """All numbers are set to one address; each is answered in its own words and language."""
    call = towns.rings("leiderdorp")
    assert hears(call, "Dit is de afsprakenlijn van de gemeente Leiderdorp.")
    other = towns.rings("katwijk")
    assert hears(other, "the appointment line of the municipality of Katwijk")
    press_all(other, "1")
    assert hears(other, "a fishing licence")
    other.hang_up()
    books(call)
    assert [entry.channel for entry in booked(here)] == ["telephone"]


def test_a_booking_stands_in_the_book_of_the_number_dialled(books_of_both: Towns) -> None:
    """Both books are whole, and what is taken in the one is free in the other."""
    towns = books_of_both
    here, there = (towns.worlds[name] for name in BOTH)
    for _ in range(3):
        books(towns.rings("leiderdorp"))
    assert (len(booked(here)), len(booked(there))) == (3, 0)
    books(towns.rings("katwijk"))
    assert (len(booked(here)), len(booked(there))) == (3, 1)
    assert min(each.starts_at for each in booked(here)) == booked(there)[0].starts_at
    assert adds_up(here)
    assert adds_up(there)


@pytest.mark.parametrize("name", BOTH)
def test_everything_that_a_call_leads_to_is_below_its_name(towns: Towns, name: str) -> None:
    """Wherever the first request came, from the second on it is the municipality's own address."""
    call = towns.rings(name)
    press_all(call, PASSPORT)
    paths = re.findall(r'action="([^"]+)"', call.last_reply.body.decode())
    assert paths
    assert all(path.startswith(f"/{name}/voice/turns/") for path in paths)
    assert call.last_request[0].startswith(f"/{name}/voice/turns/")


def test_a_number_may_also_be_set_to_the_address_of_its_municipality(
    towns: Towns, there: World
) -> None:
    """As `flask twilio connect` does for each."""
    books(towns.rings("katwijk", "/katwijk/voice"))
    assert len(booked(there)) == 1


def test_hanging_up_frees_what_was_held_wherever_it_is_told(towns: Towns, here: World) -> None:
    """The status callback at the shared address finds the municipality by the number too."""
    call = towns.rings("leiderdorp")
    press_all(call, "111")
    assert held(here)
    call.hang_up()
    assert not held(here)


def test_twilios_fallback_at_the_shared_address_goes_on_with_the_call(towns: Towns) -> None:
    """A live call goes on where it was, at the municipality whose number was dialled."""
    call = towns.rings("katwijk")
    press_all(call, "1")
    call.is_sent_to("/voice/fallback")
    assert hears(call, "We go on where you were.")
    assert hears(call, "a fishing licence")


def test_an_agents_code_is_keyed_in_at_the_number_of_his_municipality(
    towns: Towns, here: World
) -> None:
    """The second number is chosen by the number dialled as well."""
    code = made(here)
    call = towns.caller("leiderdorp")
    call.line = "+31715458502"
    call.ring("/voice/handover")
    key_in(call, code)
    assert hears(call, "twee personen")

"""An identity card at home: for whom, where, when, and who rings first."""

import pytest

from ivr.carrier import PhoneCall
from ivr.errand import Errand, Seen, Time
from ivr.existing import Existing
from ivr.step import decode, encode
from scheduling.openings import Wish
from scheduling.tasks import Task, done, listed
from tests.calling import hears, key_in, press_all
from tests.conftest import TEN_O_CLOCK, TUESDAY, World
from tests.ivr.looking import adds_up, booked

AT_HOME = "117"
"""Civil affairs, passport or identity card, and an identity card at home."""

VISIT = Wish("id-card-home-visit")
TEN = Time(TEN_O_CLOCK, TUESDAY)


def tasks(world: World) -> list[Task]:
    """What employees are asked to do."""
    with world.database.read() as connection:
        return listed(connection)


def asks_for_a_visit(world: World, number: str = "+31612345678") -> PhoneCall:
    """Somebody who cannot come, whom nobody can bring, and who has keyed in his postcode."""
    call = world.rings(number=number)
    press_all(call, AT_HOME + "11")
    key_in(call, "2352")
    return call


def test_a_visit_is_booked_with_its_address_and_an_employee_rings_first(worlds: World) -> None:
    """On one of the team's afternoons, two days ahead at least, with the way there and back."""
    call = asks_for_a_visit(worlds)
    key_in(call, "12")
    assert hears(call, "Donderdag drie december, om dertien uur vijftien: toets één")
    press_all(call, "11")
    assert hears(call, "Wij komen bij u thuis, donderdag drie december, om dertien uur vijftien.")
    assert hears(call, "Een medewerker belt u eerst over uw adres.")
    (entry,) = booked(worlds)
    assert (entry.service, entry.address) == ("id-card-home-visit", "2352 12")
    assert f"{entry.starts_at:%H:%M}-{entry.ends_at:%H:%M}" == "13:15-13:45"
    (task,) = tasks(worlds)
    assert (task.kind, task.number) == ("confirm_address", "+31612345678")
    assert (task.reference, task.detail) == (entry.reference, "2352 12")
    assert adds_up(worlds)


def test_the_way_there_and_back_is_nobody_elses_time(world: World) -> None:
    """The next visit begins an hour later: half an hour at the door, a quarter each way."""
    call = asks_for_a_visit(world)
    key_in(call, "12")
    press_all(call, "11")
    other = asks_for_a_visit(world, "+31687654321")
    key_in(other, "7")
    assert hears(other, "om veertien uur vijftien: toets één")


@pytest.mark.parametrize("answers", ["2", "12"])
def test_who_can_come_or_be_brought_is_helped_in_the_town_hall(world: World, answers: str) -> None:
    """And goes on with the question for how many persons."""
    call = world.rings()
    press_all(call, AT_HOME + answers)
    assert hears(call, "Dan helpen wij u graag in het gemeentehuis.")
    assert hears(call, "Toets het aantal personen")
    assert not hears(call, "aan huis")
    press_all(call, "111")
    assert [entry.service for entry in booked(world)] == ["travel-document"]


def test_a_postcode_elsewhere_is_refused_and_in_the_end_reaches_an_employee(world: World) -> None:
    """The team visits this municipality only."""
    call = world.rings(agents=("completed",))
    press_all(call, AT_HOME + "11")
    key_in(call, "1011")
    assert hears(call, "Wij komen alleen thuis in de gemeente Leiderdorp.")
    for _ in range(2):
        key_in(call, "9999")
    assert len(call.dialled) == 1


@pytest.mark.parametrize("keyed", ["0", "00", "00000"])
def test_a_house_number_is_no_zero(world: World, keyed: str) -> None:
    """One zero is an employee, as everywhere; more of them are no house."""
    call = asks_for_a_visit(world)
    key_in(call, keyed)
    assert hears(call, "geen huisnummer") == (keyed != "0")


def test_a_withheld_number_is_asked_for_before_a_time_is_offered(world: World) -> None:
    """An employee must be able to ring about the address."""
    call = asks_for_a_visit(world, "anonymous")
    key_in(call, "12")
    assert hears(call, "Op welk nummer kunnen wij u bellen?")
    key_in(call, "0123")
    assert hears(call, "Dit is geen Nederlands telefoonnummer.")
    key_in(call, "0715891234")
    press_all(call, "11")
    assert [task.number for task in tasks(world)] == ["+31715891234"]


def rings_about_it(world: World, keys: str = "5") -> PhoneCall:
    """Somebody who has a visit, and rings and keys in its reference."""
    if not booked(world):
        call = asks_for_a_visit(world)
        key_in(call, "12")
        press_all(call, "11")
    (entry,) = booked(world)
    again = world.rings()
    press_all(again, keys)
    key_in(again, entry.reference or "")
    return again


def test_a_visit_that_is_moved_keeps_its_way_and_its_address(world: World) -> None:
    """The team's time moves as a whole."""
    again = rings_about_it(world)
    (entry,) = booked(world)
    press_all(again, "221")
    (moved,) = booked(world)
    assert (moved.address, moved.reference) == (entry.address, entry.reference)
    assert f"{moved.starts_at:%H:%M}-{moved.ends_at:%H:%M}" == "15:15-15:45"
    assert adds_up(world)


def test_who_has_a_visit_hears_that_we_come(world: World) -> None:
    """When it is looked up, and when it is moved; an employee still rings about the address."""
    call = rings_about_it(world)
    assert hears(call, "U heeft een afspraak voor een identiteitskaart aan huis. Wij komen bij u")
    assert hears(call, "Wij komen bij u thuis, donderdag drie december, om dertien uur vijftien.")
    press_all(call, "221")
    assert hears(call, "Uw afspraak is verzet. Wij komen bij u thuis, donderdag drie december, om")
    assert hears(call, "om vijftien uur vijftien. Een medewerker belt u eerst over uw adres.")
    assert not hears(call, "U komt")


def test_who_has_a_visit_hears_it_in_english(world: World) -> None:
    """The same sentences."""
    call = rings_about_it(world, "95")
    assert hears(call, "We come to your home, Thursday the third of December")
    press_all(call, "221")
    assert hears(call, "We come to your home, Thursday the third of December")
    assert hears(call, "An employee rings you first about your address.")
    assert not hears(call, "You are coming")


def test_nobody_is_told_of_a_ring_that_has_been(world: World) -> None:
    """An employee has confirmed the address, which stays what it is when the visit is moved."""
    call = rings_about_it(world)
    (task,) = tasks(world)
    world.database.transact(lambda connection: done(connection, task.id, world.clock()))
    press_all(call, "221")
    assert hears(call, "Wij komen bij u thuis")
    assert not hears(call, "belt u eerst")
    assert tasks(world) == []


def test_a_call_that_an_older_version_stored_goes_on() -> None:
    """It was moving a visit, and did not know yet that it is one at home."""
    stored = encode((Existing(Errand(VISIT, moves=Seen("234567892345", TEN)), TEN, TEN.on),))
    older = stored.replace(',"at_home":false', "")
    assert older != stored
    assert decode(older) == decode(stored)


def test_nobody_rings_about_the_address_of_a_visit_that_is_cancelled(worlds: World) -> None:
    """It leaves the list of the employees with the appointment."""
    call = rings_about_it(worlds)
    assert len(tasks(worlds)) == 1
    press_all(call, "31")
    assert hears(call, "is afgezegd")
    assert tasks(worlds) == []

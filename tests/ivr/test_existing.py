"""An existing appointment: heard, moved, cancelled, by whoever has its reference."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from ivr.carrier import PhoneCall
from scheduling.openings import Wish
from scheduling.outbox import messages
from scheduling.references import check_digit, draw
from tests.calling import PASSPORT, hears, key_in, press_all
from tests.conftest import World, make_world
from tests.ivr.looking import adds_up, booked, entries, held
from tests.scheduling.towns import without_permits

ANOTHER_PHONE = "+31715410000"
WITHHELD = "anonymous"


def reference_of(world: World, keys: str = PASSPORT) -> str:
    """The reference of an appointment that somebody has just made."""
    before = {entry.reference for entry in booked(world)}
    press_all(world.rings(), keys + "1")
    (entry,) = (each for each in booked(world) if each.reference not in before)
    return entry.reference or ""


def with_reference(world: World, reference: str, number: str = ANOTHER_PHONE) -> PhoneCall:
    """Somebody who has rung and keyed in a reference."""
    call = world.rings(number=number, agents=("completed",))
    call.press("5")
    key_in(call, reference)
    return call


def told(world: World) -> list[str]:
    """What text messages are about, in the order in which they were written."""
    with world.database.read() as connection:
        return list(connection.scalars(select(messages.c.kind).order_by(messages.c.id)))


@pytest.mark.parametrize("number", [ANOTHER_PHONE, WITHHELD])
def test_the_reference_alone_opens_an_appointment(world: World, number: str) -> None:
    """Service, persons, day and time are said, from whatever telephone."""
    call = with_reference(world, reference_of(world), number)
    assert hears(
        call, "U heeft een afspraak voor een paspoort of identiteitskaart, voor één persoon"
    )
    assert hears(call, "vandaag, dinsdag één december, om elf uur.")


def test_nothing_is_said_on_the_strength_of_a_number(world: World) -> None:
    """Who rings from the telephone with which it was booked is asked for the reference too."""
    reference_of(world)
    call = world.rings()
    call.press("5")
    assert hears(call, "Toets de twaalf cijfers van uw afspraaknummer.")
    assert not hears(call, "paspoort")


def test_what_to_bring_can_be_heard_again(world: World) -> None:
    """Key 1, and one key leads back."""
    call = with_reference(world, reference_of(world))
    call.press("1")
    assert hears(call, "Neem al uw paspoorten")
    call.press("1")
    assert hears(call, "U heeft een afspraak")


def test_a_moved_appointment_keeps_its_reference_and_frees_its_old_time(worlds: World) -> None:
    """Its old time stands until the new one is taken, then it is somebody else's."""
    reference = reference_of(worlds)
    call = with_reference(worlds, reference)
    call.press("2")
    assert hears(call, "Uw afspraak blijft staan tot u een nieuwe tijd kiest.")
    assert [entry.starts_at.strftime("%H:%M") for entry in booked(worlds)] == ["11:00"]
    assert hears(call, "om elf uur tien: toets één")
    call.press("2")
    assert hears(call, "U verzet uw afspraak voor een paspoort of identiteitskaart, voor één")
    call.press("1")
    assert hears(call, "Uw afspraak is verzet. U komt voor een paspoort")
    (entry,) = booked(worlds)
    assert (entry.reference, entry.starts_at.strftime("%H:%M")) == (reference, "11:20")
    assert held(worlds) == []
    assert adds_up(worlds)
    assert told(worlds)[-1] == "change"


def test_a_caller_who_hangs_up_while_moving_keeps_his_appointment(world: World) -> None:
    """Nothing is given up before the new time is taken."""
    reference = reference_of(world)
    call = with_reference(world, reference)
    press_all(call, "22")
    call.hang_up()
    (entry,) = booked(world)
    assert entry.starts_at.strftime("%H:%M") == "11:00"
    assert held(world) == []
    assert adds_up(world)


def test_a_cancellation_is_read_back_first(worlds: World) -> None:
    """Only a yes calls it off; then the time is free again."""
    reference = reference_of(worlds)
    call = with_reference(worlds, reference)
    call.press("3")
    assert hears(call, "U zegt deze afspraak af: een paspoort of identiteitskaart, vandaag")
    call.press("2")
    assert len(booked(worlds)) == 1
    press_all(call, "31")
    assert hears(call, "is afgezegd")
    assert booked(worlds) == []
    assert [entry.reference for entry in entries(worlds, "cancelled")] == [reference]
    assert adds_up(worlds)
    assert told(worlds)[-1] == "cancellation"


def test_a_cancelled_appointment_says_so(world: World) -> None:
    """And leads on to a new one."""
    reference = reference_of(world)
    press_all(with_reference(world, reference), "31")
    call = with_reference(world, reference)
    assert hears(call, "is afgezegd")
    call.press("1")
    assert hears(call, "Voor burgerzaken")


def test_an_appointment_that_is_over_says_so(world: World) -> None:
    """Nothing of it can be changed any more."""
    reference = reference_of(world)
    world.clock.passes(hours=3)
    call = with_reference(world, reference)
    assert hears(call, "is al geweest")
    call.press("3")
    assert len(booked(world)) == 1


def test_two_callers_change_the_same_appointment_and_the_second_is_told(world: World) -> None:
    """One moves it while the other is about to cancel it: it is moved."""
    reference = reference_of(world)
    one, two = with_reference(world, reference), with_reference(world, reference)
    two.press("3")
    press_all(one, "221")
    two.press("1")
    assert hears(two, "Deze afspraak is intussen veranderd.")
    (entry,) = booked(world)
    assert entry.starts_at.strftime("%H:%M") == "11:20"
    assert adds_up(world)


def test_who_wants_a_message_about_what_was_cancelled_meanwhile_is_told(world: World) -> None:
    """No confirmation goes out, and no reminder of a visit that nobody expects."""
    reference = reference_of(world)
    one, two = with_reference(world, reference), with_reference(world, reference)
    press_all(one, "31")
    before = told(world)
    two.press("4")
    assert hears(two, "Deze afspraak is intussen veranderd.")
    assert told(world) == before


def test_a_slip_of_the_finger_is_asked_again_each_time_in_other_words(world: World) -> None:
    """A wrong check digit is no guess, and three of them reach an employee."""
    reference = reference_of(world)
    wrong = reference[:-1] + ("2" if reference[-1] != "2" else "3")
    call = with_reference(world, wrong)
    assert hears(call, "Dit nummer klopt niet. Misschien ging er één cijfer verkeerd.")
    key_in(call, wrong)
    assert hears(call, "Ook dit nummer klopt niet.")
    key_in(call, reference)
    assert hears(call, "U heeft een afspraak")


def test_one_unknown_reference_is_all_that_a_call_gets(world: World) -> None:
    """A stranger who guesses reaches an employee, also when he comes back to the question."""
    reference = reference_of(world)
    call = world.rings(number=WITHHELD, agents=("busy", "busy"))
    call.press("5")
    key_in(call, draw())
    assert len(call.dialled) == 1
    press_all(call, "2")
    key_in(call, reference)
    assert not hears(call, "U heeft een afspraak")
    assert len(call.dialled) == 2


def test_one_number_cannot_guess_day_after_call(world: World) -> None:
    """Three unknown references a day from one telephone; the next day he can try again."""
    reference = reference_of(world)
    for _ in range(3):
        assert hears(with_reference(world, draw()), "tot ziens")
    assert not hears(with_reference(world, reference), "U heeft")
    assert hears(with_reference(world, reference, "+31201234567"), "U heeft")
    world.clock.passes(hours=25)
    assert hears(with_reference(world, reference_of(world)), "U heeft een afspraak")


def test_everybody_together_cannot_guess_on(world: World) -> None:
    """Also from ever other numbers, withheld ones among them; an hour later it is over."""
    reference = reference_of(world)
    for _ in range(60):
        with_reference(world, draw(), WITHHELD)
    assert not hears(with_reference(world, reference, WITHHELD), "U heeft")
    world.clock.passes(minutes=61)
    assert hears(with_reference(world, reference, WITHHELD), "al geweest")


def test_a_reference_of_another_shape_is_refused_without_a_trace(world: World) -> None:
    """Too short, letters, or of another municipality: nothing is looked up, nothing is counted."""
    for keyed in ("2345", "2" * 11 + check_digit("2" * 11)[::-1] + "0"):
        call = world.rings()
        call.press("5")
        key_in(call, keyed[:12])
        assert not hears(call, "U heeft")


def test_the_message_can_be_sent_again_three_times_a_day(world: World) -> None:
    """More would cost money and wake somebody up."""
    reference = reference_of(world)
    for _ in range(2):
        call = with_reference(world, reference)
        call.press("4")
        assert hears(call, "U krijgt ook een sms-bericht.")
    call = with_reference(world, reference)
    call.press("4")
    assert hears(call, "vandaag al genoeg berichten")
    assert told(world).count("confirmation") == 3


def test_an_existing_appointment_in_english(world: World) -> None:
    """The whole of it, in the language of the call."""
    reference = reference_of(world)
    call = world.rings()
    press_all(call, "95")
    assert hears(call, "Press the twelve digits of your appointment number.")
    key_in(call, reference)
    assert hears(call, "today, Tuesday the first of December, at eleven o'clock in the morning")
    press_all(call, "31")
    assert hears(call, "has been cancelled")
    call.press("1")
    assert hears(call, "For civil affairs")
    assert hears(call, "Voor Nederlands: toets negen.")


def test_moving_into_a_time_that_is_taken_meanwhile_offers_others(world: World) -> None:
    """A hold that expired while the caller thought, and somebody else was quicker."""
    reference = reference_of(world, "2111"[:3])
    call = with_reference(world, reference)
    press_all(call, "21")
    world.clock.passes(minutes=3)
    rival = world.rings(number="+31687654321")
    press_all(rival, "211")
    call.press("1")
    assert hears(call, "Iemand anders heeft die tijd net genomen.")
    assert len(booked(world)) == 2
    assert adds_up(world)


def test_the_wish_of_a_moved_appointment_stays(world: World) -> None:
    """Two persons stay two persons."""
    reference = reference_of(world, "1121")
    press_all(with_reference(world, reference), "221")
    (entry,) = booked(world)
    assert Wish(entry.service, entry.persons) == Wish("travel-document", 2)
    assert entry.ends_at - entry.starts_at == timedelta(minutes=20)


def test_a_service_that_is_no_longer_in_the_file_can_still_be_called_off(worlds: World) -> None:
    """Its appointments stand; what it was called is known no more."""
    reference = reference_of(worlds, "21")
    later = make_world(worlds.database, without_permits(worlds.parts.file), worlds.clock)
    call = with_reference(later, reference)
    assert hears(call, "U heeft een afspraak voor een bezoek aan de gemeente, voor één persoon")
    call.press("1")
    assert hears(call, "Vraag een medewerker wat u meeneemt: toets nul.")
    call.press("1")
    moves = with_reference(later, reference)
    moves.press("2")
    assert any("Beller voor een bezoek aan de gemeente" in words for words in moves.whispered)
    press_all(call, "31")
    assert booked(later) == []

"""The main job: somebody rings, hears the next free times, and books."""

import re

import pytest

from scheduling.references import is_valid
from tests.calling import PASSPORT, hears, press_all
from tests.conftest import World
from tests.ivr.looking import adds_up, booked, held

NUMBERS = ("nul", "één", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen")
DIGITS = {word: str(n) for n, word in enumerate(NUMBERS)}

SERVICES = {
    "1111": "travel-document",
    "121": "driving-licence",
    "131": "extract",
    "141": "birth",
    "21": "permit",
    "31": "tax-remission",
    "411": "household-help",
    "421": "transport",
    "431": "disabled-parking",
}


def test_five_presses_book_a_passport_for_one_person(worlds: World) -> None:
    """Service group, service, persons, time, yes: five presses, on either database."""
    call = worlds.rings()
    press_all(call, PASSPORT + "1")
    assert hears(call, "Uw afspraak staat vast")
    (entry,) = booked(worlds)
    assert (entry.service, entry.persons, entry.channel) == ("travel-document", 1, "telephone")
    assert entry.starts_at.isoformat() == "2026-12-01T11:00:00+01:00"
    assert held(worlds) == []
    assert adds_up(worlds)


@pytest.mark.parametrize(("keys", "service"), SERVICES.items())
def test_every_service_can_be_booked(world: World, keys: str, service: str) -> None:
    """Each service of the menus ends in the book; a group of one service is not asked twice."""
    call = world.rings()
    press_all(call, keys + "1")
    assert hears(call, "Uw afspraak staat vast")
    assert [entry.service for entry in booked(world)] == [service]
    assert adds_up(world)


def test_the_times_that_are_read_out_are_the_next_free_ones(world: World) -> None:
    """Three times, the first an hour from now, the day said once."""
    call = world.rings()
    press_all(call, "111")
    assert hears(call, "Vandaag, dinsdag één december, om elf uur: toets één.")
    assert hears(call, "Om elf uur tien: toets twee. Om elf uur twintig: toets drie.")
    assert [entry.starts_at.strftime("%H:%M") for entry in held(world)] == [
        "11:00",
        "11:10",
        "11:20",
    ]


def test_the_chosen_time_is_booked_and_not_another(world: World) -> None:
    """Key 2 books the second time that was read out."""
    call = world.rings()
    press_all(call, "11121")
    assert [entry.starts_at.strftime("%H:%M") for entry in booked(world)] == ["11:10"]


def test_service_persons_day_and_time_are_read_back_before_booking(world: World) -> None:
    """One sentence with everything in it; nothing is booked before yes."""
    call = world.rings()
    press_all(call, "1131")
    assert hears(
        call,
        "U wilt een afspraak voor een paspoort of identiteitskaart, voor drie personen,"
        " vandaag, dinsdag één december, om elf uur.",
    )
    assert booked(world) == []


def test_three_persons_take_three_times_as_long(world: World) -> None:
    """Ten minutes for the first person and ten for each further one."""
    call = world.rings()
    press_all(call, "11311")
    (entry,) = booked(world)
    assert (entry.ends_at - entry.starts_at).total_seconds() == 30 * 60


def test_the_final_message_is_said_twice_with_a_valid_reference(world: World) -> None:
    """What to bring and the reference, in four groups, two times over."""
    call = world.rings()
    press_all(call, PASSPORT + "1")
    said = " ".join(call.heard)
    assert said.count("Neem al uw paspoorten") == 2
    groups = re.findall(r"(\w+), (\w+), (\w+)\.", said.lower())
    codes = ["".join(DIGITS[word] for word in group) for group in groups]
    (entry,) = booked(world)
    assert "".join(codes) == (entry.reference or "") * 2
    assert is_valid("".join(codes[: len(codes) // 2]))


def test_the_hash_says_the_final_message_again_and_silence_ends_the_call(world: World) -> None:
    """A caller with nothing to write with can hear it as often as he wants."""
    call = world.rings()
    press_all(call, PASSPORT + "1")
    first = call.heard
    press_all(call, "###")
    assert call.heard == first
    call.stay_silent()
    assert hears(call, "tot ziens")
    assert call.over
    assert len(booked(world)) == 1


def test_later_times_go_on_where_the_first_ended(world: World) -> None:
    """Key 4 offers the next three, and the star the first three again."""
    call = world.rings()
    press_all(call, "1114")
    assert hears(call, "om elf uur dertig: toets één")
    assert len(held(world)) == 3
    call.press("*")
    assert hears(call, "om elf uur: toets één")
    press_all(call, "11")
    assert [entry.starts_at.strftime("%H:%M") for entry in booked(world)] == ["11:00"]


def test_no_leads_back_to_the_times(world: World) -> None:
    """Key 2 at the read-back offers times again, the same one among them."""
    call = world.rings()
    press_all(call, "11122")
    assert hears(call, "toets drie")
    assert booked(world) == []
    press_all(call, "31")
    assert len(booked(world)) == 1
    assert adds_up(world)


def test_the_star_leads_back_to_the_greeting_step_by_step(world: World) -> None:
    """From the read-back to times, persons, services and the greeting; then no further."""
    call = world.rings()
    press_all(call, PASSPORT)
    for words in ("toets drie", "hoeveel personen", "Waarvoor", "Dit is de", "Dit is de"):
        call.press("*")
        assert hears(call, words)
    assert held(world) == []


def test_however_long_the_walk_the_star_leads_back_to_the_greeting(world: World) -> None:
    """Who asks for later times again and again still finds the way out, in his language."""
    call = world.rings()
    press_all(call, "912" + "4" * 30 + "*" * 18)
    assert hears(call, "The appointment line of the")
    call.press("*")
    assert hears(call, "Dit is de afsprakenlijn")


def test_however_often_the_language_is_changed_the_last_one_counts(world: World) -> None:
    """A child plays with the 9."""
    call = world.rings()
    press_all(call, "9" * 31 + "1")
    assert hears(call, "What is the appointment for?")


def test_nine_is_english_for_the_rest_of_the_call(world: World) -> None:
    """The whole dialogue in English, in an English voice, and the appointment remembers it."""
    call = world.rings()
    call.press("9")
    assert hears(call, "For civil affairs")
    press_all(call, "111")
    assert hears(call, "Today, Tuesday the first of December, at eleven o'clock in the morning")
    press_all(call, "11")
    assert hears(call, "Your appointment is booked")
    assert b'language="nl-NL"' not in call.last_reply.body
    assert [entry.language for entry in booked(world)] == ["en"]


def test_two_callers_are_never_offered_the_same_last_place(world: World) -> None:
    """Building and housing has one counter: the second caller hears other times."""
    first, second = world.rings(), world.rings()
    press_all(first, "2")
    press_all(second, "2")
    times = [entry.starts_at for entry in held(world)]
    assert len(set(times)) == len(times) == 6
    press_all(first, "11")
    press_all(second, "11")
    assert len({entry.starts_at for entry in booked(world)}) == 2


def test_a_time_that_was_lost_while_the_caller_thought_is_named(world: World) -> None:
    """After the hold's time another caller books it; the first is told, and offered others."""
    slow = world.rings()
    press_all(slow, "21")
    world.clock.passes(seconds=91)
    quick = world.rings()
    press_all(quick, "211")
    slow.press("1")
    assert hears(slow, "heeft die tijd net genomen")
    press_all(slow, "11")
    assert len({entry.starts_at for entry in booked(world)}) == 2
    assert adds_up(world)


def test_a_slow_caller_still_gets_the_time_when_nobody_else_wanted_it(world: World) -> None:
    """An expired hold is no reason to refuse: the time is free."""
    call = world.rings()
    press_all(call, "21")
    world.clock.passes(minutes=10)
    call.press("1")
    assert hears(call, "Uw afspraak staat vast")


def test_a_full_book_is_said_in_words_and_leads_on(world: World) -> None:
    """Nothing free: until when, and the way to an employee or to another service."""
    with world.database.write() as connection:
        connection.exec_driver_sql("UPDATE capacity SET used = capacity WHERE pool = 'taxes'")
    call = world.rings()
    call.press("3")
    assert hears(call, "Voor kwijtschelding van belasting is er geen tijd vrij tot en met")
    call.press("2")
    assert hears(call, "Dit is de afsprakenlijn")

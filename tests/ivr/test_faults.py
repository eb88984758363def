"""When something breaks the caller hears an apology, reaches a human, and loses nothing."""

import logging

import pytest
from sqlalchemy import text

from tests.calling import PASSPORT, hears, press_all
from tests.conftest import World
from tests.ivr.looking import booked, held
from tests.ivr.test_call_back import AT_NIGHT


def break_the_book(world: World) -> None:
    """Makes every booking fail in the middle, after the turn was claimed."""
    with world.database.write() as connection:
        connection.execute(
            text(
                "CREATE TRIGGER broken BEFORE UPDATE OF status ON appointments"
                " BEGIN SELECT json('{'); END"
            )
        )


def mend_the_book(world: World) -> None:
    """Takes the fault away again."""
    with world.database.write() as connection:
        connection.execute(text("DROP TRIGGER broken"))


def test_an_error_in_the_middle_apologises_and_rings_an_employee(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """Rolled back, logged with the call's id, and not a word of what was keyed."""
    call = world.rings(agents=("completed",))
    press_all(call, PASSPORT)
    break_the_book(world)
    with caplog.at_level(logging.ERROR):
        call.press("1")
    assert any("Sorry, er ging iets mis" in said for _, said in call.transcript)
    assert call.dialled == ["+31715458501"]
    assert booked(world) == []
    assert [record for record in caplog.records if call.sid in record.getMessage()]
    assert call.number not in caplog.text


def test_after_an_error_the_caller_goes_on_where_he_was(world: World) -> None:
    """Nobody answers, the fault is over: the same question again, and the booking succeeds."""
    call = world.rings(agents=("no-answer",))
    press_all(call, PASSPORT)
    break_the_book(world)
    post = call.post

    def mended_before_the_fallback(path: str, form: object) -> object:
        if path.endswith("/voice/fallback"):
            mend_the_book(world)
        return post(path, form)  # type: ignore[arg-type]

    call.post = mended_before_the_fallback  # type: ignore[assignment]
    call.press("1")
    assert hears(call, "We gaan verder waar u was")
    assert hears(call, "Klopt dit?")
    call.press("1")
    assert len(booked(world)) == 1


def test_without_a_database_the_caller_reaches_a_human(world: World) -> None:
    """The apology needs no database; when nobody answers either, it says when to ring."""
    call = world.rings(agents=("no-answer",))
    with world.database.write() as connection:
        connection.execute(text("DROP TABLE calls"))
    call.press("1")
    assert call.dialled == ["+31715458501"]
    assert hears(call, "Probeer het later nog eens")
    assert call.over


def test_who_was_never_greeted_and_talked_with_an_employee_is_not_greeted_after_it(
    world: World,
) -> None:
    """The database was away when he rang and is back when they have talked: the call is over."""
    rename(world, "calls", "away")
    call = world.caller(agents=("completed",))
    post = call.post

    def mended_before_the_fallback(path: str, form: object) -> object:
        if path.endswith("/voice/fallback"):
            rename(world, "away", "calls")
        return post(path, form)  # type: ignore[arg-type]

    call.post = mended_before_the_fallback  # type: ignore[assignment]
    call.ring()
    assert call.dialled == ["+31715458501"]
    assert not hears(call, "Voor burgerzaken")
    assert call.over


def rename(world: World, table: str, name: str) -> None:
    """Takes a table away, or brings it back."""
    with world.database.write() as connection:
        connection.execute(text(f"ALTER TABLE {table} RENAME TO {name}"))


def test_outside_the_hours_an_error_tells_when_to_ring(world: World) -> None:
    """No empty room is rung."""
    call = world.rings()
    with world.database.write() as connection:
        connection.execute(text("DROP TABLE calls"))
    world.clock.passes(hours=9)
    call.press("1")
    assert call.dialled == []
    assert hears(call, "U kunt ons bellen op")


def test_the_fallback_brings_a_live_call_back_to_where_it_was(world: World) -> None:
    """Twilio asks it when an answer got lost for good; no key is counted, nothing is freed."""
    call = world.rings()
    press_all(call, PASSPORT)
    call.ring("/voice/fallback")
    assert hears(call, "Sorry, er ging iets mis. We gaan verder waar u was.")
    assert hears(call, "U wilt een afspraak voor")
    assert len(held(world)) == 1
    call.press("1")
    assert len(booked(world)) == 1


def test_the_fallback_greets_a_call_that_is_new(world: World) -> None:
    """The very first answer may get lost too."""
    call = world.caller()
    call.ring("/voice/fallback")
    assert hears(call, "Voor burgerzaken")


def test_a_status_that_comes_while_the_database_is_away_is_no_page_of_html(world: World) -> None:
    """Twilio gets an empty answer and the fault is in the log; the holds expire by themselves."""
    call = world.rings()
    with world.database.write() as connection:
        connection.execute(text("DROP TABLE calls"))
    reply = call.post("/voice/status", call._form() | {"CallStatus": "completed"})
    assert reply.status == 503
    assert reply.body == b""


def test_the_fallback_says_a_farewell_again_whose_answer_got_lost(world: World) -> None:
    """Whoever asked to be rung back hears that he will be; long after it nobody is there."""
    world.clock.now = AT_NIGHT
    call = world.rings(number="+31612345678")
    press_all(call, "11")
    assert hears(call, "Wij bellen u terug, zodra er een medewerker vrij is.")
    farewell = call.last_reply.body
    assert call.post("/voice/fallback", call._form()).body == farewell
    world.clock.passes(minutes=5)
    late = call.post("/voice/fallback", call._form()).body
    assert b"<Hangup" in late
    assert b"<Say" not in late

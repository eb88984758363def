"""The calendar file of an appointment: for whoever has the link, in any calendar program."""

from datetime import timedelta
from typing import Any

import pytest
from icalendar import Calendar
from werkzeug.test import TestResponse

from scheduling.bookings import Appointment
from scheduling.database import Database
from tests.conftest import World
from tests.outside.test_health import NOBODY_LISTENS, on
from tests.texting import MOBILE, Visitor, book_of, moved_in


def fetch(world: World, token: str) -> TestResponse:
    """The answer to somebody who follows the link in a message."""
    return world.app.test_client().get(f"/appointments/{token}.ics")


def event(world: World, token: str) -> tuple[Any, Any]:
    """The calendar, and the one thing in it, as another program reads them."""
    calendar: Any = Calendar.from_ical(fetch(world, token).get_data())
    (found,) = calendar.walk("VEVENT")
    return calendar, found


@pytest.fixture
def booked(worlds: World) -> Appointment:
    """An appointment for a passport."""
    return Visitor().books(worlds, later=2)


def test_the_file_has_time_place_and_what_to_bring(worlds: World, booked: Appointment) -> None:
    """As another program reads it."""
    calendar, found = event(worlds, booked.token)
    assert (calendar["METHOD"], found["STATUS"], found["SEQUENCE"]) == ("PUBLISH", "CONFIRMED", 0)
    assert (found.start, found.end) == (booked.starts_at, booked.ends_at)
    assert found["SUMMARY"].endswith("een paspoort of identiteitskaart")
    assert found["LOCATION"].startswith("Gemeentehuis Leiderdorp")
    assert found["DESCRIPTION"].startswith("Neem al uw paspoorten")


def test_the_times_are_in_utc(worlds: World, booked: Appointment) -> None:
    """So that no program needs to know our zone."""
    text = fetch(worlds, booked.token).get_data(as_text=True)
    assert f"DTSTART:{booked.starts_at:%Y%m%dT%H%M%SZ}" in text
    assert "TZID" not in text


def test_the_file_is_kept_by_nobody_on_the_way(worlds: World, booked: Appointment) -> None:
    """Neither by a proxy nor by a search engine."""
    answer = fetch(worlds, booked.token)
    assert answer.status_code == 200
    assert answer.content_type == "text/calendar; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_the_file_has_nothing_that_cancels(worlds: World, booked: Appointment) -> None:
    """A calendar is shared: neither the reference, nor the link, nor the mobile is in it."""
    text = fetch(worlds, booked.token).get_data(as_text=True).replace("\r\n ", "")
    for secret in (booked.reference, booked.token, MOBILE[3:]):
        assert secret not in text


def test_a_move_and_a_cancellation_are_news_of_the_same_event(
    worlds: World, booked: Appointment
) -> None:
    """The same UID with a higher number replaces what stood in the calendar."""
    _, first = event(worlds, booked.token)
    moved = moved_in(worlds, booked)
    _, second = event(worlds, booked.token)
    worlds.database.transact(lambda c: book_of(worlds, c).cancel(moved))
    calendar, third = event(worlds, booked.token)
    assert first["UID"] == second["UID"] == third["UID"]
    assert [each["SEQUENCE"] for each in (first, second, third)] == [0, 1, 2]
    assert second.start == moved.starts_at
    assert (calendar["METHOD"], third["STATUS"]) == ("CANCEL", "CANCELLED")


def test_two_appointments_are_two_events(worlds: World, booked: Appointment) -> None:
    """The second does not replace the first."""
    other = Visitor().books(worlds, later=3)
    assert event(worlds, booked.token)[1]["UID"] != event(worlds, other.token)[1]["UID"]


@pytest.mark.parametrize("service", ["tax-remission", "household-help"])
@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_private_service_is_not_named(world: World, service: str, language: str) -> None:
    """Others look into a calendar too."""
    booked = Visitor(language=language).books(world, service, later=2)
    _, found = event(world, booked.token)
    assert ":" not in found["SUMMARY"]
    assert "DESCRIPTION" not in found


def test_a_visit_at_home_is_without_the_way_there(world: World) -> None:
    """From the ring at the door to the goodbye."""
    booked = Visitor().books(world, "id-card-home-visit", later=2)
    _, found = event(world, booked.token)
    assert found["LOCATION"] == "Bij u thuis"
    assert found.start == booked.starts_at + timedelta(minutes=15)
    assert found.end == booked.ends_at - timedelta(minutes=15)


@pytest.mark.parametrize("token", ["x", "%00", "a" * 500, "..%2f..%2fapp", "' OR 1=1"])
def test_an_unknown_name_is_not_found(worlds: World, booked: Appointment, token: str) -> None:
    """Whatever it looks like."""
    assert booked.token
    assert fetch(worlds, token).status_code == 404


def test_a_database_that_is_away_is_told(world: World) -> None:
    """The calendar program comes back later."""
    world.app = on(world, Database(NOBODY_LISTENS))
    assert fetch(world, "x").status_code == 503

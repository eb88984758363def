"""The books of a rehearsal: one with free times, one without; each with known appointments."""

from datetime import datetime, timedelta

from msgspec.structs import replace

from ivr.rehearsal.props import Props
from ivr.rehearsal.situations import MOBILE
from scheduling.book import AppointmentBook
from scheduling.calendar import Calendar
from scheduling.database import Connection
from scheduling.handovers import Handover, make, redeem_proven
from scheduling.interval import Interval
from scheduling.municipality import Municipality
from scheduling.offers import Holder
from scheduling.openings import Wish
from scheduling.roster import publish

_MANY = 1000
_KNOWN = 3
_MOST_DAYS = 31


class NothingToBook(Exception):  # noqa: N818  named for what happened
    """No counter is staffed in the coming month for any service."""


def free_book(connection: Connection, calendar: Calendar, at: datetime) -> Props:
    """Publishes all that can be booked; raises NothingToBook."""
    days = calendar.municipality.booking.horizon_days + 1
    publish(connection, calendar, calendar.day_of(at), days)
    props = _appointments(connection, calendar, at)
    if props is None:
        raise NothingToBook("no counter is staffed in the coming weeks: see the rosters")
    return props


def full_book(connection: Connection, calendar: Calendar, at: datetime) -> Props:
    """Publishes as few days as there must be, and books all of their time; raises NothingToBook."""
    for days in range(1, _MOST_DAYS):
        publish(connection, calendar, calendar.day_of(at), days)
        if props := _appointments(connection, calendar, at):
            _fill(connection, calendar, at)
            return props
    raise NothingToBook("no counter is staffed in the coming month: see the rosters")


def _appointments(connection: Connection, calendar: Calendar, at: datetime) -> Props | None:
    """Books three visits after today, for the props; None where there is no time for them."""
    municipality = calendar.municipality
    book = AppointmentBook(connection, calendar, at)
    somebody = Holder("somebody", "desk", municipality.languages[0])
    today = calendar.day_of(at)
    later = Interval(Interval.of_day(today, calendar.zone).end, at + timedelta(days=_MOST_DAYS))
    for service in (each for group in municipality.groups for each in group.services):
        found = book.openings(Wish(service), within=later, count=_KNOWN)
        if len(found) < _KNOWN:
            continue
        booked, texted, cancelled = (
            book.confirm(somebody, Wish(service), each.starts_at) for each in found
        )
        while book.may_text(texted):
            texted = book.text_to(texted, MOBILE)
        book.cancel(cancelled)
        known = booked.reference, texted.reference, cancelled.reference
        codes = _handed(connection, municipality, Handover(service), at)
        return Props(*known, today, municipality.postcodes, *codes)
    return None


def _handed(
    connection: Connection, municipality: Municipality, handover: Handover, at: datetime
) -> tuple[dict[str, str], str]:
    """Codes of handovers in each language, and one that was used."""
    codes = {
        language: make(connection, replace(handover, language=language), at)
        for language in municipality.languages
    }
    before = make(connection, handover, at)
    redeem_proven(connection, before, "before", at)
    return codes, before


def _fill(connection: Connection, calendar: Calendar, at: datetime) -> None:
    """Books every free time for others."""
    book = AppointmentBook(connection, calendar, at)
    others = Holder("others", "desk", calendar.municipality.languages[0])
    for service in calendar.municipality.services:
        while found := book.openings(Wish(service), count=_MANY):
            for each in found:
                book.confirm(others, Wish(service), each.starts_at)

"""The calendar file of an appointment, for whoever has the link in a text message.

It does not have the reference in it: a calendar is shared, and the reference cancels.
"""

import hashlib
import re
from datetime import datetime
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort

from ivr.messages import inbox
from ivr.texts import Texts
from ivr.webhooks import door
from scheduling import bookings
from scheduling.bookings import Appointment
from scheduling.errors import DatabaseAway

HEADERS = {
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Disposition": 'inline; filename="afspraak.ics"',
}
_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,32}")
_MAKER = "-//appointment line//NL"

calendar_file = Blueprint("calendar_file", __name__)


@calendar_file.get("/appointments/<token>.ics")
def show(token: str) -> Response:
    """The calendar file of an appointment; 404 for a name that none has."""
    if not _TOKEN.fullmatch(token):
        abort(404)
    try:
        with inbox().database.read() as connection:
            found = bookings.by_token(connection, token)
    except DatabaseAway:
        return Response(status=503, headers={"Retry-After": "60"})
    if found is None:
        abort(404)
    body = written(inbox().texts, found, door().clock())
    return Response(body, content_type="text/calendar; charset=utf-8", headers=HEADERS)


def written(texts: Texts, appointment: Appointment, now: datetime) -> bytes:
    """The calendar file (RFC 5545) of an appointment as it stands."""
    # Its import takes longer than a turn of a call, and most workers never need it.
    from icalendar import Calendar, Event  # noqa: PLC0415

    is_cancelled = appointment.status == "cancelled"
    host = urlsplit(texts.public_url).hostname
    event = Event()
    event.add("uid", f"{_name(appointment.token)}@{host}")
    event.add("sequence", appointment.revision)
    event.add("dtstamp", now)
    event.add("dtstart", appointment.comes_at)
    event.add("dtend", appointment.ends_at - appointment.travel)
    event.add("summary", texts.subject(appointment))
    event.add("location", texts.place(appointment))
    event.add("status", "CANCELLED" if is_cancelled else "CONFIRMED")
    if bring := texts.bring(appointment):
        event.add("description", bring)
    calendar = Calendar()
    calendar.add("prodid", _MAKER)
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if is_cancelled else "PUBLISH")
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def _name(token: str) -> str:
    """What calendars know it by: always the same, and not the way to the file."""
    return hashlib.blake2b(token.encode(), digest_size=16).hexdigest()

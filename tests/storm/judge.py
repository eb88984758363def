"""What must hold after a storm, read from the book, from Twilio, and from what callers heard."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from scheduling.book import AppointmentBook
from scheduling.calendar import Calendar
from scheduling.errors import Contended
from scheduling.models import appointments, capacity
from scheduling.offers import HOLD, Holder
from scheduling.openings import Wish
from scheduling.outbox import messages
from scheduling.sending import ON_THE_WAY
from scheduling.verify import faults
from tests.storm.hearing import Told
from tests.storm.line import DIED, Line
from tests.storm.town import Heard, Town
from tests.twilio_api import TwilioApi

_SOON = timedelta(minutes=1)
"""What has become due just now, such as a reminder, is not late yet."""

_MOST_TWICE = 0.01
"""At most so many of the messages may have come twice, and one in a short storm."""

_MOST_DROPPED, _FEWEST_DROPPED = 0.01, 3
"""At most so many of those that were dropped may have had no reason, one of each worker in a short
storm: the clock stepped after they were claimed."""


def verdict(line: Line, town: Town, api: TwilioApi) -> Iterator[str]:
    """Everything that is wrong; nothing where all is well."""
    yield from town.exchange.faults
    with line.database.read() as connection:
        yield from faults(connection, line.calendar)
        yield from double(connection, line.calendar.municipality.grid)
        yield from lost(connection, town, line.calendar.zone)
        yield from unasked(connection, town)
        yield from unsent(connection, line.board.now(), sent(api))
        yield from ungotten(connection, api)
        yield from untold(connection, town)
        yield from unfounded(connection)
    yield from held_for_ever(line)
    yield from crashed(line)


def crashed(line: Line) -> Iterator[str]:
    """Workers that died and were not killed."""
    by_themselves = line.log().count(DIED) - line.kills - len(line.killed_at())
    if by_themselves > 0:
        yield f"{by_themselves} workers died, and nobody had killed them"


def double(connection: Connection, grid: timedelta) -> Iterator[str]:
    """More visits at once than there are counters; counted anew, without the book's own sums."""
    taking = appointments.c.status.in_(("booked", "arrived"))
    booked = connection.execute(select(appointments).where(taking)).all()
    running: Counter[tuple[str, datetime]] = Counter()
    for row in booked:
        at = row.starts_at
        while at < row.ends_at:
            running[row.pool, at] += 1
            at += grid
    there = _capacity(connection)
    for (pool, at), count in sorted(running.items()):
        if count > there.get((pool, at), 0):
            yield f"{pool} at {at:%Y-%m-%d %H:%M} UTC: {count} visits at once, which is too many"


def _capacity(connection: Connection) -> dict[tuple[str, datetime], int]:
    columns = (capacity.c.pool, capacity.c.starts_at, capacity.c.capacity)
    return {(row[0], row[1]): row[2] for row in connection.execute(select(*columns))}


def lost(connection: Connection, town: Town, zone: ZoneInfo) -> Iterator[str]:
    """What somebody heard, and does not stand in the book, or stands there otherwise."""
    numbered = appointments.c.reference.is_not(None)
    rows = connection.execute(select(appointments).where(numbered))
    found = {row.reference: row for row in rows}
    for heard in town.heard.values():
        row = found.get(heard.reference)
        if row is None:
            yield f"{heard.who}: heard {heard.reference}, which is not in the book"
        elif heard.sure and row.status != heard.status:
            told = f"{heard.who} heard {heard.status}, the book says {row.status}"
            yield f"{heard.reference}: {told}; {_story(heard)}"
        elif heard.sure and heard.told:
            yield from _otherwise(row, heard, heard.told, zone)


def _otherwise(row: Any, heard: Heard, told: Told, zone: ZoneInfo) -> Iterator[str]:  # noqa: ANN401
    """A service, day or time that is not the one in the book, on the municipality's clock."""
    comes_at = row.starts_at + timedelta(seconds=row.travel)
    stored = Told.of(row.service if told.service else "", comes_at.astimezone(zone))
    if told != stored:
        yield (
            f"{heard.reference}: {heard.who} heard {told}, the book says {stored}; {_story(heard)}"
        )


def _story(heard: Heard) -> str:
    """What was noted of an appointment, in its order; the log tells the rest of the same calls."""
    return " | ".join(heard.story)


def unasked(connection: Connection, town: Town) -> Iterator[str]:
    """What was booked in a call in which nothing went wrong, and its caller did not hear of."""
    columns = (appointments.c.reference, appointments.c.holder)
    numbered = appointments.c.reference.is_not(None)
    for reference, sid in connection.execute(select(*columns).where(numbered)):
        if sid in town.whole and reference not in town.heard:
            yield f"call {sid}: {reference} was booked, and the caller heard nothing of it"


def unsent(connection: Connection, now: datetime, often: Counter[int]) -> Iterator[str]:
    """Messages that are still not handed over, or came too often."""
    rows = connection.execute(select(messages)).all()
    for row in rows:
        came = often[row.id]
        waits = row.state in ON_THE_WAY and (row.attempts > 0 or row.due_at <= now - _SOON)
        if waits or row.state == "failed":
            yield f"message {row.id}: {row.state}, long after it was due"
        if came > 2:
            yield f"message {row.id}: came {came} times"
    twice = sum(came > 1 for came in often.values())
    if twice > max(1, _MOST_TWICE * len(rows)):
        yield f"{twice} of {len(rows)} messages came twice"


def ungotten(connection: Connection, api: TwilioApi) -> Iterator[str]:
    """Messages that count as sent, and Twilio has not so many of these words to that mobile.

    Two with the same words are one as good as the other: who was interrupted in sending one may
    find the other at Twilio, as where an appointment moves away, back, and away again.
    """
    got = Counter((each["to"], each["body"]) for each in api.taken)
    are_sent = messages.c.state.in_(("sent", "delivered"))
    for row in connection.execute(select(messages).where(are_sent)):
        got[row.mobile, row.body] -= 1
        if got[row.mobile, row.body] < 0:
            yield f"message {row.id}: Twilio never got it"


def untold(connection: Connection, town: Town) -> Iterator[str]:
    """Appointments with a mobile of which not every change was told, or one more than once.

    Whoever called off by a text message was told in the answer to it. Without a mobile at first it
    may have been moved before there was one.
    """
    columns = (messages.c.appointment, messages.c.kind)
    told = Counter((row[0], row[1]) for row in connection.execute(select(*columns)))
    numbered = (appointments.c.reference.is_not(None), appointments.c.mobile.like("+316%"))
    for row in connection.execute(select(appointments).where(*numbered)):
        heard = town.heard.get(row.reference)
        off = int(row.status == "cancelled")
        if not told[row.id, "confirmation"]:
            yield f"{row.reference}: no message was written"
        moves, tell = row.revision - off, told[row.id, "change"]
        if heard and heard.with_mobile and moves != tell:
            yield f"{row.reference}: was moved {moves} times, and {tell} messages say so"
        if told[row.id, "cancellation"] != off and not (heard and heard.answered):
            tell = told[row.id, "cancellation"]
            yield f"{row.reference}: is {row.status}, and {tell} messages call it off"


def unfounded(connection: Connection) -> Iterator[str]:
    """Messages that were not sent, although what they say was true and to come.

    Whoever drops one has claimed it a lease before it is due again. A few may have been claimed
    just before the clock stepped over days. A reminder is dropped also when its visitor moves.
    """
    columns = (messages.c.id, messages.c.kind, messages.c.due_at, messages.c.appointment)
    visit = (appointments.c.status, appointments.c.starts_at)
    joined = select(*columns, *visit).join(
        appointments, appointments.c.id == messages.c.appointment
    )
    dropped = joined.where(messages.c.state == "dropped", messages.c.attempts > 0)
    moved = select(messages.c.appointment).where(messages.c.kind == "change")
    moved_ones = set(connection.scalars(moved))
    rows = connection.execute(dropped).all()
    wrong = [
        row
        for row in rows
        if row.status == ("cancelled" if row.kind == "cancellation" else "booked")
        and row.starts_at > row.due_at
        and not (row.kind == "reminder" and row.appointment in moved_ones)
    ]
    if len(wrong) > max(_FEWEST_DROPPED, _MOST_DROPPED * len(rows)):
        yield f"{len(wrong)} of {len(rows)} messages were dropped without a reason"


def sent(api: TwilioApi) -> Counter[int]:
    """How often Twilio got each message, by the row that its callback names."""
    return Counter(int(parse_qs(urlsplit(each).query)["message"][0]) for each in api.callbacks)


def held_for_ever(line: Line) -> Iterator[str]:
    """Holds that outlive their time: still kept from somebody who wants it after they expired."""
    now = line.board.now()
    with line.database.read() as connection:
        holds = _holds(connection)
    for row in holds:
        if row.expires_at > now + HOLD:
            yield f"{row.pool} at {row.starts_at:%Y-%m-%d %H:%M} UTC: held until {row.expires_at}"
    later = now + 2 * HOLD
    try:
        left = line.database.transact(lambda c: _left(c, line.calendar, later))
    except Contended as error:
        yield f"holds that have expired cannot be cleared: {error}"
    else:
        yield from (f"{each} is held for ever" for each in left)


def _left(connection: Connection, calendar: Calendar, now: datetime) -> list[Any]:
    """The holds that are left after somebody has asked for time."""
    book = AppointmentBook(connection, calendar, now)
    book.offer(Holder("judge", "desk", "nl"), Wish("extract"), count=1)
    book.release("judge")
    return [(row.pool, row.starts_at) for row in _holds(connection)]


def _holds(connection: Connection) -> list[Any]:
    return list(connection.execute(select(appointments).where(appointments.c.status == "held")))

"""Callers whom an agent hands to the line, with all that they have said already.

A handover is found by a code of nine random digits that works once, for some minutes. The sum:
with 100 live codes a guess is right in 100 of 1,000,000,000 cases, and 30 wrong ones in an hour are
all that are looked up, of everybody together. Whoever tries 1,000,000 codes in a day has 720 looked
up, and succeeds with a chance of 0.00007; a million that were all looked up would take 3.8 years.
An agent's presses: one for the consultation, one for the line's second number, nine, one to
transfer: twelve.
"""

import secrets
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    Index,
    Integer,
    String,
    Table,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from scheduling.errors import ExpiredHandover, TooManyGuesses, UnknownHandover, UsedHandover
from scheduling.models import UTCDateTime, metadata

LENGTH = 9
MOST_A_CALL = 3
"""Wrong codes: an agent's slips, and then the call is an ordinary one."""

MOST_AT_ALL = 30
"""Wrong codes in one hour, of everybody together."""

_DIGITS = "0123456789"
_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
_NOTES_STAY = timedelta(days=120)
"""So long can the counter read a note: an appointment is never further away than this."""

handovers = Table(
    "handovers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("code", String(12), nullable=False),
    Column("service", String(40)),
    Column("persons", Integer, nullable=False),
    Column("language", String(2), nullable=False),
    Column("number", String(16), nullable=False),
    Column("reference", String(20)),
    Column("note", String(200), nullable=False),
    Column("agent", String(80), nullable=False),
    Column("made_at", UTCDateTime, nullable=False),
    Column("expires_at", UTCDateTime, nullable=False),
    Column("used_at", UTCDateTime),
    Column("used_by", String(64)),
    Column("booked", String(20)),
    CheckConstraint("persons >= 1", name="somebody_is_handed_over"),
    CheckConstraint("(used_at IS NULL) = (used_by IS NULL)", name="somebody_used_it"),
    Index("handovers_code", "code", unique=True),
    Index("handovers_used_by", "used_by"),
    Index("handovers_booked", "booked"),
    comment="Callers whom an agent hands to the line. `used_by` is the call that came with the"
    " code, `booked` the reference of what was booked in it.",
)

handover_guesses = Table(
    "handover_guesses",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("holder", String(64), nullable=False),
    Column("at", UTCDateTime, nullable=False),
    Index("handover_guesses_at", "at"),
    comment="Codes that were keyed in and led nowhere, of the last day.",
)


class Handover(Struct, frozen=True):
    """What an agent has heard already: a service for some persons, or an appointment that exists.

    `number` (E.164) is the caller's, empty where it is not known; `note` is for the counter.
    """

    service: str | None = None
    persons: int = 1
    language: str = "nl"
    number: str = ""
    reference: str | None = None
    note: str = ""
    agent: str = ""
    minutes: int = 10
    id: int = 0
    used_at: datetime | None = None


def make(connection: Connection, handover: Handover, now: datetime) -> str:
    """Notes a handover; its code."""
    _forget(connection, now)
    while connection.scalar(select(handovers.c.id).where(handovers.c.code == (code := _draw()))):
        pass
    values = asdict(handover)
    del values["id"], values["used_at"]
    expires_at = now + timedelta(minutes=values.pop("minutes"))
    values |= {"code": code, "made_at": now, "expires_at": expires_at}
    connection.execute(insert(handovers), values)
    return code


def redeem(connection: Connection, code: str, call: str, now: datetime) -> Handover:
    """The handover with a code that was keyed in during a call; no other call can use it again.

    Raises UnknownHandover, UsedHandover and ExpiredHandover, each of which counts as a guess, and
    TooManyGuesses. The transaction must commit all the same, or the guess is forgotten.
    """
    if _too_many(connection, call, now):
        raise TooManyGuesses
    mine = (handovers.c.code == code) & (handovers.c.used_by == call)
    if connection.scalar(select(handovers.c.id).where(mine)):
        return _handover(connection, mine)
    try:
        return redeem_proven(connection, code, call, now)
    except (UnknownHandover, UsedHandover, ExpiredHandover):
        connection.execute(insert(handover_guesses), {"holder": call, "at": now})
        raise


def redeem_proven(connection: Connection, code: str, call: str, now: datetime) -> Handover:
    """The same for a code that came with a signature, which nobody can guess: it works once.

    Raises UsedHandover also for the call that has used it: its request came twice.
    """
    this = handovers.c.code == code
    is_new = (handovers.c.used_at.is_(None), handovers.c.expires_at > now)
    taken = update(handovers).where(this, *is_new).values(used_at=now, used_by=call)
    if connection.execute(taken).rowcount:
        return _handover(connection, this)
    found = connection.execute(select(handovers.c.used_by).where(this)).first()
    if found is None:
        raise UnknownHandover
    raise UsedHandover if found.used_by else ExpiredHandover


def of_call(connection: Connection, call: str) -> Handover | None:
    """The handover with which a call came, the last one where there were several."""
    used = select(handovers.c.id).where(handovers.c.used_by == call)
    last = connection.scalar(used.order_by(handovers.c.used_at.desc(), handovers.c.id.desc()))
    return _handover(connection, handovers.c.id == last) if last else None


def note_number(connection: Connection, handover: int, number: str) -> None:
    """Notes the number (E.164) of the caller, where the agent did not know it."""
    this = update(handovers).where(handovers.c.id == handover, handovers.c.number == "")
    connection.execute(this.values(number=number))


def note_booked(connection: Connection, handover: int, reference: str) -> None:
    """Notes what was booked after a handover, so that the counter finds the agent's note."""
    this = update(handovers).where(handovers.c.id == handover)
    connection.execute(this.values(booked=reference))


def note_for(connection: Connection, reference: str) -> str:
    """The agent's note for the counter about an appointment; empty where there is none."""
    of_it = or_(handovers.c.booked == reference, handovers.c.reference == reference)
    noted = select(handovers.c.note).where(of_it, handovers.c.used_at.is_not(None))
    return connection.scalar(noted.order_by(handovers.c.id.desc()).limit(1)) or ""


def _handover(connection: Connection, which: object) -> Handover:
    row = connection.execute(select(handovers).where(which)).one()  # type: ignore[arg-type]
    minutes = int((row.expires_at - row.made_at) / timedelta(minutes=1))
    known = (
        "service",
        "persons",
        "language",
        "number",
        "reference",
        "note",
        "agent",
        "id",
        "used_at",
    )
    return Handover(minutes=minutes, **{name: row._mapping[name] for name in known})  # noqa: SLF001  its public name


def _draw() -> str:
    return "".join(secrets.choice(_DIGITS) for _ in range(LENGTH))


def _too_many(connection: Connection, call: str, now: datetime) -> bool:
    if _count(connection, handover_guesses.c.at > now - _HOUR) >= MOST_AT_ALL:
        return True
    return _count(connection, handover_guesses.c.holder == call) >= MOST_A_CALL


def _count(connection: Connection, which: object) -> int:
    counted = select(func.count()).select_from(handover_guesses).where(which)  # type: ignore[arg-type]
    return connection.scalar(counted) or 0


def _forget(connection: Connection, now: datetime) -> None:
    """Numbers and codes go after a day; the note of an appointment stays until it is over."""
    connection.execute(delete(handover_guesses).where(handover_guesses.c.at < now - _DAY))
    past = handovers.c.expires_at < now - _DAY
    useless = past & handovers.c.booked.is_(None) & handovers.c.reference.is_(None)
    over = handovers.c.expires_at < now - _NOTES_STAY
    connection.execute(delete(handovers).where(useless | over))
    connection.execute(update(handovers).where(past, handovers.c.number != "").values(number=""))

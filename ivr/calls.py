"""Calls in progress: one row a call, so that any worker can answer its next turn.

Nothing of a caller's number or keys is kept here.
"""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Index,
    Integer,
    String,
    Table,
    Text,
    bindparam,
    delete,
    select,
    text,
    update,
)

from ivr import story
from ivr.step import Path, Step, decode, encode
from scheduling.models import UTCDateTime, metadata, moment, seconds
from scheduling.prepared import Prepared
from scheduling.upsert import insert

calls = Table(
    "calls",
    metadata,
    Column("sid", String(64), primary_key=True),
    Column("turn", Integer, nullable=False),
    Column("step", Text, nullable=False),
    Column("language", String(2), nullable=False),
    Column("no_input", Integer, nullable=False),
    Column("no_match", Integer, nullable=False),
    Column("notice", String(40), nullable=False),
    Column("slow", Boolean, nullable=False),
    Column("started_at", UTCDateTime, nullable=False),
    Column("heard_at", UTCDateTime, nullable=False),
    Column("ended_at", UTCDateTime),
    Column("story", Text, nullable=False, server_default=text("''")),
    Index("calls_started", "started_at"),
    comment="A call and where it is; `turn` is the number of the question that is being asked."
    " `story` has a word for each turn, also after the call.",
)


_MOST_TURNS = 2**31 - 1
"""What the column can hold; a database refuses to look for more."""


class Turn(NamedTuple):
    """Everything on which depends what is said at one turn of a call, and nothing else.

    `notice` is a prompt that is said before the question; `slow` callers have more time for a key.
    """

    number: int
    step: Step
    language: str
    no_input: int = 0
    no_match: int = 0
    notice: str = ""
    slow: bool = False


class Call(NamedTuple):
    """A call at one moment: the question that is being asked, and how it has gone so far.

    Every turn makes a few of these, and a named tuple is made five times as fast as a frozen
    dataclass.

    `path` is empty where this version of the line does not know the stored step. `missed` says that
    the last answer was silence or a wrong key, and `story` ends with the turn before.
    """

    sid: str
    turn: int
    path: Path
    language: str
    heard_at: datetime
    no_input: int = 0
    no_match: int = 0
    notice: str = ""
    slow: bool = False
    ended: bool = False
    story: str = ""
    missed: str = ""

    @property
    def told(self) -> str:
        """The story with the question that is being asked."""
        return story.goes_on(self.story, self.path[-1], self.missed)

    @property
    def asks(self) -> Turn:
        """The question that is being asked."""
        return Turn(
            self.turn,
            self.path[-1],
            self.language,
            self.no_input,
            self.no_match,
            self.notice,
            self.slow,
        )


def start(connection: Connection, call: Call) -> bool:
    """Stores a new call; False where there is one with its id already."""
    return bool(_START.rows(connection, **_columns(call), this_turn=call.turn))


def claim(connection: Connection, sid: str, turn: int) -> Call | None:
    """The call, for the one request that is first to answer this turn; None for all others.

    Another request for the same turn waits here until the first has committed.
    """
    if turn > _MOST_TURNS:
        return None
    rows = _CLAIM.rows(connection, this_sid=sid, this_turn=turn)
    return _call(*rows[0]) if rows else None


def reopen(connection: Connection, sid: str, turn: int) -> Call | None:
    """The same for a call that was thought to be over: it goes on with its next turn."""
    rows = _REOPEN.rows(connection, this_sid=sid, this_turn=turn)
    return _call(*rows[0]) if rows else None


def find(connection: Connection, sid: str) -> Call | None:
    """The call with this id, as it stands."""
    rows = _FIND.rows(connection, this_sid=sid)
    return _call(*rows[0]) if rows else None


def times(connection: Connection, sid: str) -> tuple[datetime, datetime | None]:
    """When a call that is known began, and when it ended; None while it goes on."""
    began, ended = connection.execute(
        select(calls.c.started_at, calls.c.ended_at).where(calls.c.sid == sid)
    ).one()
    return began, ended


def going_on(connection: Connection, since: datetime) -> list[Call]:
    """The calls that are not over and were heard since a moment, the longest silent first."""
    began_after = seconds(since - _LONGEST)
    rows = _GOING_ON.rows(connection, this_moment=seconds(since), began_after=began_after)
    return [_call(*row) for row in rows]


def save(connection: Connection, call: Call) -> None:
    """Stores where the call is now."""
    _SAVE.run(connection, **_columns(call))


def end(connection: Connection, sid: str, now: datetime) -> str | None:
    """Marks a call as over; its story, or None where it was over already, or never was."""
    rows = _END.rows(connection, this_sid=sid, this_moment=seconds(now))
    return rows[0][0] if rows else None


def are_older(connection: Connection, until: datetime) -> bool:
    """Whether any call began before a moment; a look that keeps nobody from writing."""
    return bool(_OLDER.rows(connection, this_moment=seconds(until), most=1))


def forget(connection: Connection, until: datetime, most: int) -> list[str]:
    """Removes the calls that began before a moment, so many at once; their ids."""
    rows = _FORGET.rows(connection, this_moment=seconds(until), most=most)
    return [sid for (sid,) in rows]


def _columns(call: Call) -> dict[str, object]:
    return {
        "this_sid": call.sid,
        "new_step": encode(call.path),
        "new_language": call.language,
        "new_no_input": call.no_input,
        "new_no_match": call.no_match,
        "new_notice": call.notice,
        "new_slow": call.slow,
        "new_heard_at": seconds(call.heard_at),
        "new_ended_at": seconds(call.heard_at) if call.ended else None,
        "new_story": call.told,
    }


def _call(  # noqa: PLR0913, PLR0917  the columns of the table
    sid: str,
    turn: int,
    step: str,
    language: str,
    heard_at: int,
    no_input: int,
    no_match: int,
    notice: str,
    slow: bool,  # noqa: FBT001
    ended_at: int | None,
    story: str,
) -> Call:
    ended = ended_at is not None
    path, heard = decode(step) or (), moment(heard_at)
    misses = no_input, no_match
    return Call(sid, turn, path, language, heard, *misses, notice, bool(slow), ended, story)


_CHANGING = (
    "step",
    "language",
    "no_input",
    "no_match",
    "notice",
    "slow",
    "heard_at",
    "ended_at",
    "story",
)
_NEW: dict[str, Any] = {name: bindparam(f"new_{name}") for name in _CHANGING}
_READ = (
    calls.c.sid,
    calls.c.turn,
    calls.c.step,
    calls.c.language,
    calls.c.heard_at,
    calls.c.no_input,
    calls.c.no_match,
    calls.c.notice,
    calls.c.slow,
    calls.c.ended_at,
    calls.c.story,
)
_LONGEST = timedelta(hours=4)
"""Twilio ends a call after so long."""

_THIS = calls.c.sid == bindparam("this_sid")
_OPEN = calls.c.ended_at.is_(None)
_FIRST: dict[str, Any] = {"sid": bindparam("this_sid"), "turn": bindparam("this_turn")}
_FIRST |= {"started_at": bindparam("new_heard_at")}
_START = Prepared(
    lambda connection: (
        insert(connection, calls)
        .values(_NEW | _FIRST)
        .on_conflict_do_nothing()
        .returning(calls.c.sid)
    )
)
_CLAIM = Prepared(
    update(calls)
    .where(_THIS, _OPEN, calls.c.turn == bindparam("this_turn"))
    .values(turn=calls.c.turn + 1)
    .returning(*_READ)
)
_REOPEN = Prepared(
    update(calls)
    .where(_THIS, calls.c.ended_at.is_not(None), calls.c.turn == bindparam("this_turn"))
    .values(turn=calls.c.turn + 1, ended_at=None)
    .returning(*_READ)
)
_FIND = Prepared(select(*_READ).where(_THIS))
_GOING_ON = Prepared(
    select(*_READ)
    .where(
        _OPEN,
        calls.c.heard_at >= bindparam("this_moment"),
        calls.c.started_at >= bindparam("began_after"),
    )
    .order_by(calls.c.heard_at)
)
_SAVE = Prepared(update(calls).where(_THIS).values(_NEW))
_END = Prepared(
    update(calls)
    .where(_THIS, _OPEN)
    .values(ended_at=bindparam("this_moment"))
    .returning(calls.c.story)
)
_OLD = (
    select(calls.c.sid)
    .where(calls.c.started_at < bindparam("this_moment"))
    .order_by(calls.c.started_at)
    .limit(bindparam("most"))
)
_OLDER = Prepared(_OLD)
# What another worker is removing at this moment is left to it.
_FORGET = Prepared(
    delete(calls)
    .where(calls.c.sid.in_(_OLD.with_for_update(skip_locked=True)))
    .returning(calls.c.sid)
)

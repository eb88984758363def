"""Sessions in a signed cookie: whose they are, and until when they hold.

The cookie has the account's row and stamp. The stamp in the database decides, so that a session
ends when the account is removed, gets another password, or is signed out.
"""

from datetime import datetime, timedelta

from flask import session

from scheduling.database import Connection
from scheduling.models import moment, seconds
from web import accounts
from web.accounts import Account

IDLE = timedelta(hours=1)
"""A session ends after so long without a click; a page that brings itself up to date is none."""

LONGEST = timedelta(hours=10)
"""However busy: a working day."""

_NOTED_EACH = timedelta(minutes=1)


def begin(account: Account, now: datetime) -> None:
    """Begins a session with nothing in it of what was before."""
    session.clear()
    began = seconds(now)
    session.update(staff=account.id, stamp=account.stamp, began=began, seen=began)


def ends_at() -> datetime:
    """When the session that is being answered ends if nobody clicks any more."""
    return min(moment(session["seen"]) + IDLE, moment(session["began"]) + LONGEST)


def current(connection: Connection, now: datetime, *, by_hand: bool) -> Account | None:
    """Who is signed in, or None; `by_hand` where a person asked for something."""
    try:
        row, stamp = int(session["staff"]), str(session["stamp"])
        began, seen = moment(session["began"]), moment(session["seen"])
    except (KeyError, TypeError, ValueError):
        return None
    if now - began > LONGEST or now - seen > IDLE:
        session.clear()
        return None
    account = accounts.with_stamp(connection, row, stamp)
    if account is None:
        session.clear()
    elif by_hand and now - seen > _NOTED_EACH:
        session["seen"] = seconds(now)
    return account

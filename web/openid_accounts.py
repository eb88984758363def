"""The accounts of whoever signs in at the municipality's provider: one row each, no password."""

import secrets
from datetime import datetime

from sqlalchemy import Connection, select, update

from scheduling.presence import sign_out_of_calls
from scheduling.upsert import insert
from web.accounts import BLOCKED, COLUMNS, OPENID, Account, NameTaken, login_of, staff
from web.openid import Person


class Blocked(Exception):  # noqa: N818  named for what happened
    """The account was blocked here, whatever the provider says."""


def enter(connection: Connection, person: Person, role: str, now: datetime) -> Account:
    """The account of a person, made at the first sign-in; raises Blocked and NameTaken.

    Name and role are those that the provider gives now. A name that another account has is never
    taken over: it may have been somebody else's.
    """
    there = _found(connection, person)
    if there is None:
        _add(connection, person, role, now)
    elif there.is_blocked:
        raise Blocked
    elif (there.name, there.role) != (person.name, role):
        _change(connection, there, person, role, now)
    entered = _found(connection, person)
    if entered is None:
        raise NameTaken(person.name)
    return entered


def _found(connection: Connection, person: Person) -> Account | None:
    proof = f"{OPENID}{person.subject}"
    wanted = select(*COLUMNS).where(staff.c.password.in_((proof, f"{BLOCKED}{proof}")))
    row = connection.execute(wanted).first()
    return Account(*row) if row else None


def _add(connection: Connection, person: Person, role: str, now: datetime) -> None:
    """A row of its own, unless somebody has the name; two sign-ins at once make one row."""
    values = {
        "login": login_of(person.name),
        "name": person.name,
        "role": role,
        "password": f"{OPENID}{person.subject}",
        "stamp": secrets.token_urlsafe(16),
        "added_at": now,
    }
    connection.execute(insert(connection, staff).values(values).on_conflict_do_nothing())


def _change(
    connection: Connection, there: Account, person: Person, role: str, now: datetime
) -> None:
    login = login_of(person.name)
    is_anothers = (staff.c.login == login) & (staff.c.id != there.id)
    if connection.scalar(select(staff.c.id).where(is_anothers)) is not None:
        raise NameTaken(person.name)
    if there.name != person.name:
        sign_out_of_calls(connection, there.name, now)
    values = {"login": login, "name": person.name, "role": role}
    connection.execute(update(staff).where(staff.c.id == there.id).values(values))

"""The accounts of employees: who may sign in, as what, and with which password."""

import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import (
    Column,
    Connection,
    Integer,
    String,
    Table,
    delete,
    insert,
    or_,
    select,
    update,
)

from scheduling.models import UTCDateTime, metadata, one_of
from web import hashes

ROLES = ("agent", "reception", "counter", "manager")

SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 200
LONGEST_NAME = 40

FIRST = timedelta(days=7)
"""How long a password is good that an employee was given."""

OPENID = "openid:"
"""How the password of whoever signs in at the municipality's provider begins; it is none."""

BLOCKED = "!"
"""What stands before the password of an account that is blocked, as in /etc/shadow."""

staff = Table(
    "staff",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("login", String(LONGEST_NAME), nullable=False, unique=True),
    Column("name", String(LONGEST_NAME), nullable=False),
    Column("role", String(10), nullable=False),
    Column("password", String(300), nullable=False),
    Column("stamp", String(32), nullable=False),
    Column("added_at", UTCDateTime, nullable=False),
    Column("first_until", UTCDateTime),
    one_of("role", ROLES),
    comment="Employees who may sign in. A session holds as long as its stamp is the one here."
    " `first_until` is when a password ends that an employee was given and has not yet changed.",
)


class NameTaken(Exception):  # noqa: N818  named for what happened
    """There is an account with this name already."""


class Unfit(ValueError):  # noqa: N818
    """A name or a password that cannot be used; the message says why."""


@dataclass(frozen=True)
class Account:
    """An employee who may sign in."""

    id: int
    name: str
    role: str
    stamp: str
    added_at: datetime
    is_openid: bool = False
    is_blocked: bool = False
    first_until: datetime | None = None
    """Until when the password is good that the employee was given; None where it is his own."""

    @property
    def has_password(self) -> bool:
        """Whether the employee signs in with a password."""
        return not (self.is_openid or self.is_blocked)


def add(connection: Connection, name: str, role: str, password: str, now: datetime) -> None:
    """A new account; raises NameTaken, and Unfit."""
    login = login_of(name)
    if not login or len(name) > LONGEST_NAME or len(login) > LONGEST_NAME:
        raise Unfit(f"a name has 1 to {LONGEST_NAME} letters")
    if not name.isprintable():
        raise Unfit("a name has only letters that can be printed")
    if connection.scalar(select(staff.c.id).where(staff.c.login == login)) is not None:
        raise NameTaken(name)
    values = {
        "login": login,
        "name": " ".join(name.split()),
        "role": role,
        "password": hashed(password),
        "stamp": secrets.token_urlsafe(16),
        "added_at": now,
    }
    connection.execute(insert(staff), values)


def listed(connection: Connection) -> list[Account]:
    """Every account, by name."""
    rows = connection.execute(select(*COLUMNS).order_by(staff.c.login))
    return [Account(*row) for row in rows]


def remove(connection: Connection, name: str) -> bool:
    """Takes an account away, and with it every session; False where there is none."""
    return connection.execute(delete(staff).where(staff.c.login == login_of(name))).rowcount == 1


def set_password(connection: Connection, name: str, password: str) -> bool:
    """Gives an account another password and ends its sessions; False where there is none.

    Raises Unfit.
    """
    values = {"password": hashed(password), "stamp": secrets.token_urlsafe(16)}
    changed = update(staff).where(staff.c.login == login_of(name))
    return connection.execute(changed.values(**values, first_until=None)).rowcount == 1


def was_given(connection: Connection, name: str, now: datetime) -> None:
    """Somebody else has chosen the password that an account has now.

    It is good for some days, and for nothing but to choose another (ASVS 5.0, V6.4.1).
    """
    given = update(staff).where(staff.c.login == login_of(name))
    connection.execute(given.values(first_until=now + FIRST))


def end_sessions(connection: Connection, account: Account) -> None:
    """Ends every session of an account, wherever it was begun."""
    fresh = update(staff).where(staff.c.id == account.id).values(stamp=secrets.token_urlsafe(16))
    connection.execute(fresh)


def with_stamp(connection: Connection, row: int, stamp: str) -> Account | None:
    """The account of a session, or None where the session was ended."""
    wanted = select(*COLUMNS).where(staff.c.id == row, staff.c.stamp == stamp)
    found = connection.execute(wanted).first()
    return Account(*found) if found else None


def stored(connection: Connection, name: str) -> tuple[Account | None, str]:
    """The account with a name and what its password is compared with; also where there is none.

    Who has no password takes as long as nobody.
    """
    wanted = select(*COLUMNS, staff.c.password).where(staff.c.login == login_of(name))
    found = connection.execute(wanted).first()
    if not found:
        return None, hashes.NOBODYS
    account = Account(*found[:-1])
    return account, found[-1] if account.has_password else hashes.NOBODYS


def stores_anew(connection: Connection, account: Account, password: str) -> None:
    """Keeps a password that is right as this version does; its sessions go on."""
    anew = update(staff).where(staff.c.id == account.id, staff.c.stamp == account.stamp)
    connection.execute(anew.values(password=password))


def hashed(password: str) -> str:
    """A password as it is stored; raises Unfit."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise Unfit(f"a password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters")
    return hashes.made(password)


def login_of(name: str) -> str:
    """A name as it is compared: Fatima, fatima and a Fatima typed otherwise are one."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return " ".join("".join(each if each.isprintable() else " " for each in folded).split())


COLUMNS = (
    staff.c.id,
    staff.c.name,
    staff.c.role,
    staff.c.stamp,
    staff.c.added_at,
    or_(*(staff.c.password.startswith(f"{before}{OPENID}") for before in ("", BLOCKED))),
    staff.c.password.startswith(BLOCKED),
    staff.c.first_until,
)
"""What an Account is made of."""

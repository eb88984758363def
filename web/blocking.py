"""Accounts that are there and may not sign in, whatever password or provider says."""

import secrets

from sqlalchemy import Connection, func, literal, update

from web.accounts import BLOCKED, login_of, staff, stored


def block(connection: Connection, name: str) -> bool:
    """Keeps an account from signing in and ends its sessions; False where there is none."""
    is_mine = (staff.c.login == login_of(name)) & ~staff.c.password.startswith(BLOCKED)
    values = {
        "password": literal(BLOCKED).concat(staff.c.password),
        "stamp": secrets.token_urlsafe(16),
    }
    done = connection.execute(update(staff).where(is_mine).values(values)).rowcount == 1
    return done or stored(connection, name)[0] is not None


def unblock(connection: Connection, name: str) -> bool:
    """Lets a blocked account sign in as before; False where there is none."""
    is_mine = (staff.c.login == login_of(name)) & staff.c.password.startswith(BLOCKED)
    bare = func.substr(staff.c.password, len(BLOCKED) + 1)
    done = connection.execute(update(staff).where(is_mine).values(password=bare)).rowcount == 1
    return done or stored(connection, name)[0] is not None

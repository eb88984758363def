"""Passwords as they are stored, and what it takes of the worker that answers the telephone."""

import subprocess
import sys

from sqlalchemy import select, update
from werkzeug.security import generate_password_hash

from tests.conftest import World
from tests.web.employee import PASSWORD, Employee, hire
from web import hashes
from web.accounts import staff

_MOST = 16
"""Megabytes: one hash, and what else many threads take."""

_AT_NINE = """
import re, threading
from web import hashes
def kept(): return int(re.search("VmHWM:[^0-9]+([0-9]+)", open("/proc/self/status").read())[1])
known = hashes.NOBODYS
before = kept()
everybody = [threading.Thread(target=hashes.is_right, args=(known, "x")) for _ in range(8)]
for each in everybody: each.start()
for each in everybody: each.join()
print((kept() - before) / 1024)
"""


def test_an_office_that_signs_in_at_nine_takes_little_from_the_telephone() -> None:
    """The most that a process had while eight signed in at once: one hash, not eight."""
    command = [sys.executable, "-c", _AT_NINE]
    taken = subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603
    assert float(taken) < _MOST


def test_a_password_of_an_earlier_version_is_stored_anew_when_it_is_right(world: World) -> None:
    """And a wrong one changes nothing; whoever is signed in stays so."""
    employee = hire(world)
    of_before = generate_password_hash(PASSWORD, "scrypt:32768:8:1")
    world.database.transact(lambda c: c.execute(update(staff).values(password=of_before)))
    assert employee.signs_in() == 200
    assert hashes.is_right(anew := _stored(world), PASSWORD)
    assert not hashes.is_of_before(anew)
    assert employee.looks_at("/agent") == 200
    assert Employee(world.app).signs_in("fatima", "wrong") == 401
    assert Employee(world.app).signs_in() == 200
    assert _stored(world) == anew


def _stored(world: World) -> str:
    with world.database.read() as connection:
        return str(connection.scalar(select(staff.c.password)))

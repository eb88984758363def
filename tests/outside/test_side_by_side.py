"""An upgrade while callers ring: old and new version answer side by side on one database."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial

import pytest
from sqlalchemy import text

from ivr.carrier import PhoneCall
from scheduling.database import SCHEMA, Database
from tests.calling import PASSPORT, hears, press_all
from tests.conftest import BACKENDS
from tests.outside.running import OPENED, wait_for
from tests.outside.side_by_side import (
    CALLERS,
    PreviousLine,
    Proxy,
    ThisLine,
    callers,
    confirmed,
)

Pair = tuple[PreviousLine, ThisLine]

OF_A_LATER_VERSION = '[{"step":"ReadTheirMind","wish":"a passport"}]'


@contextmanager
def installed(
    backend: str, folders: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Pair]:
    """Both versions in folders of their own, for one database; neither runs yet."""
    if backend == "sqlite":
        url = f"sqlite:///{folders.mktemp('book') / 'book.sqlite3'}"
    else:
        server = request.getfixturevalue("postgresql")
        url = server.url(server.create())
    ahead = str(int((OPENED - datetime.now(UTC)).total_seconds()))
    settings = {"DATABASE_URL": url, "DEMO_CLOCK_AHEAD": ahead}
    old = PreviousLine(folders.mktemp("old"), **settings)
    new = ThisLine(folders.mktemp("new"), **settings)
    try:
        yield old, new
    finally:
        old.stop()
        new.stop()


def starts_beside(old: PreviousLine, new: ThisLine) -> None:
    """Starts the new version while the old one answers, with the secrets of the old one."""
    shutil.copytree(old.folder / "instance", new.folder / "instance")
    new.start()


@pytest.fixture(scope="module", params=BACKENDS)
def both(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Pair]:
    """Both versions, answering."""
    with installed(request.param, tmp_path_factory, request) as (old, new):
        old.start()
        starts_beside(old, new)
        yield old, new


@pytest.mark.parametrize("way", [(0, 1), (1, 0)], ids=["old to new", "new to old"])
def test_a_call_that_began_on_the_one_ends_on_the_other(both: Pair, way: tuple[int, int]) -> None:
    """After whatever key it changes over; and both have the appointment in their agenda."""
    first, second = (both[each] for each in way)
    references = set()
    for keys in range(len(PASSPORT) + 1):
        call = PhoneCall(first.post)
        call.ring()
        press_all(call, PASSPORT[:keys])
        call.post = second.post
        press_all(call, (PASSPORT + "1")[keys:])
        references.add(confirmed(call))
    assert len(references) == len(PASSPORT) + 1
    assert all(references <= line.booked() for line in both)


def test_a_call_that_changes_over_with_each_key(both: Pair) -> None:
    """Nobody hears anything of it, and each key counts once."""
    call = PhoneCall(Proxy(*both).post)
    call.ring()
    press_all(call, PASSPORT + "1")
    assert all(confirmed(call) in line.booked() for line in both)


@pytest.mark.parametrize("which", [0, 1], ids=["old", "new"])
def test_a_step_that_a_version_does_not_know_is_greeted_again(both: Pair, which: int) -> None:
    """The call began on a later version, and goes on; nobody is left in silence."""
    line = both[which]
    call = PhoneCall(line.post)
    call.ring()
    call.press("1")
    database = Database(line.settings["DATABASE_URL"])
    with database.write() as connection:
        later = text("UPDATE calls SET step = :step WHERE sid = :sid")
        connection.execute(later, {"step": OF_A_LATER_VERSION, "sid": call.sid})
    database.close()
    call.press("1")
    assert hears(call, "Voor burgerzaken")
    press_all(call, PASSPORT + "1")
    assert confirmed(call) in line.booked()


@pytest.mark.parametrize("backend", BACKENDS)
def test_an_upgrade_while_callers_ring(
    backend: str, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> None:
    """The new version starts beside the old one, migrates, takes over; then the old one ends.

    Whoever was told that he is booked stands in the agenda, as both see it, and it adds up.
    """
    with installed(backend, tmp_path_factory, request) as (old, new):
        old.start()
        proxy = Proxy(old)
        with callers(proxy) as heard:

            def some_more_book() -> None:
                enough = len(heard) + 2 * CALLERS
                wait_for(lambda: len(heard) >= enough)

            some_more_book()
            starts_beside(old, new)
            some_more_book()
            proxy.to = old, new
            some_more_book()
            proxy.to = (new,)
            wait_for(partial(proxy.is_drained, old))
            old.stop()
            some_more_book()
        assert len(set(heard)) == len(heard)
        assert old.booked() == new.booked() == set(heard)
        assert old.adds_up()
        assert new.adds_up()
        book = Database(new.settings["DATABASE_URL"])
        assert book.schema() == SCHEMA
        book.close()

"""A book of one municipality is never opened as that of another."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from scheduling.backup import BackupFailed, back_up, restore
from scheduling.database import Database
from scheduling.errors import AnothersBook
from tests.postgres import Server
from tests.scheduling.test_migrations import NewUrl, new_url

__all__ = ["new_url"]


@pytest.fixture
def url(new_url: NewUrl) -> str:
    """The address of the book of Leiderdorp."""
    found = new_url()
    with closing(Database(found, of="leiderdorp")) as book:
        book.upgrade()
    return found


@pytest.fixture
def others(url: str) -> Iterator[Database]:
    """The same address, set for Katwijk by mistake."""
    with closing(Database(url, of="katwijk")) as found:
        yield found


def test_another_municipality_is_refused(others: Database) -> None:
    """It reads nothing, writes nothing, and does not make it its own."""
    for work in (
        lambda: others.transact(lambda connection: connection.execute(text("SELECT 1"))),
        others.schema,
        others.try_to_write,
        others.upgrade,
    ):
        with pytest.raises(AnothersBook) as refused:
            work()
        assert refused.value.reason == "the book is that of leiderdorp, and not of katwijk"


def test_it_opens_again_for_its_own(url: str, others: Database) -> None:
    """Whoever was refused has changed nothing."""
    with pytest.raises(AnothersBook):
        others.upgrade()
    with closing(Database(url, of="leiderdorp")) as own:
        own.upgrade()
        own.try_to_write()


def test_a_book_of_a_single_municipality_becomes_that_of_the_first(new_url: NewUrl) -> None:
    """An installation that had one goes on with several; until then it is nobody's."""
    address = new_url()
    with closing(Database(address)) as single:
        single.upgrade()
        with closing(Database(address, of="leiderdorp")) as first:
            first.try_to_write()
            first.upgrade()
        with closing(Database(address, of="katwijk")) as second, pytest.raises(AnothersBook):
            second.try_to_write()
        single.try_to_write()


def test_only_one_of_two_gets_a_new_book(new_url: NewUrl) -> None:
    """Both had opened it before it was anybody's, by addresses that look different."""
    address = new_url()
    with (
        closing(Database(address, of="leiderdorp")) as first,
        closing(Database(address, of="katwijk")) as second,
    ):
        assert (first.schema(), second.schema()) == (None, None)
        first.upgrade()
        with pytest.raises(AnothersBook):
            second.upgrade()


def test_a_copy_of_one_is_not_put_into_the_book_of_another(
    url: str, new_url: NewUrl, tmp_path: Path, postgresql: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even by force; its own goes back."""
    monkeypatch.setenv("PATH", str(postgresql.programs), prepend=":")
    copy = tmp_path / "leiderdorp.backup"
    with closing(Database(url, of="leiderdorp")) as own:
        back_up(own, copy)
        restore(own, copy, force=True)
        own.try_to_write()
    with closing(Database(new_url(), of="katwijk")) as other:
        other.upgrade()
        with pytest.raises(BackupFailed, match="is of the book of leiderdorp, and not of katwijk"):
            restore(other, copy, force=True)
        other.try_to_write()

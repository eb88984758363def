"""A copy of the book, made while callers book, holds what they were told, and can be put back."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread

import pytest
from click.testing import Result
from sqlalchemy import text

from app import application
from scheduling.database import SCHEMA, Database
from tests.calling import PASSPORT, hears, press_all
from tests.conftest import World
from tests.postgres import Server


@pytest.fixture(autouse=True)
def programs(postgresql: Server, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """PostgreSQL's programs are on the path; what is returned takes them off it."""
    monkeypatch.setenv("PATH", str(postgresql.programs), prepend=":")
    return lambda: monkeypatch.setenv("PATH", "/nowhere")


def runs(world: World, *words: str) -> Result:
    """What a command prints, and its exit status."""
    return world.app.test_cli_runner().invoke(args=list(words))


def agenda(world: World) -> list[dict[str, object]]:
    """What is booked, for other programs."""
    done = runs(world, "agenda", "--json")
    assert done.exit_code == 0, done.output
    entries: list[dict[str, object]] = json.loads(done.stdout)
    return [each for each in entries if each["status"] == "booked"]


def books(world: World) -> bool:
    """Whether somebody who rings can book."""
    call = world.rings()
    press_all(call, PASSPORT + "1")
    return hears(call, "Uw afspraak staat vast")


def elsewhere(world: World, url: str) -> World:
    """Another installation of the same municipality, with its own database."""
    parts = replace(world.parts, database=Database(url))
    return World(parts, application(parts), world.clock)


@pytest.fixture
def other(worlds: World, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[World]:
    """A machine with an empty database of the same kind."""
    url = f"sqlite:///{tmp_path / 'other.sqlite3'}"
    if not worlds.database.is_sqlite:
        server: Server = request.getfixturevalue("postgresql")
        name = server.create()
        url = server.url(name)
    found = elsewhere(worlds, url)
    yield found
    found.database.close()


def test_a_copy_made_while_callers_book_is_whole(
    worlds: World, other: World, tmp_path: Path
) -> None:
    """Whoever was told before it that he is booked stands in it; it adds up elsewhere."""
    assert books(worlds)
    before = agenda(worlds)
    stop, refused = Event(), []

    def ring() -> None:
        while not stop.is_set():
            if not books(worlds):
                refused.append(1)

    ringing = Thread(target=ring)
    ringing.start()
    copy = tmp_path / "copy"
    try:
        done = runs(worlds, "backup", str(copy))
    finally:
        stop.set()
        ringing.join()
    assert (done.exit_code, refused) == (0, []), done.output
    assert copy.stat().st_mode & 0o077 == 0
    restored = runs(other, "restore", str(copy))
    assert restored.exit_code == 0, restored.output
    assert "it adds up" in restored.stdout
    found = agenda(other)
    assert [each for each in before if each not in found] == []
    assert [each for each in found if each not in agenda(worlds)] == []
    assert other.database.schema() == SCHEMA
    assert books(other)


def test_a_book_is_put_back_under_a_line_that_runs(worlds: World, tmp_path: Path) -> None:
    """With --force only; what was booked after the copy is gone, and the next caller books."""
    assert books(worlds)
    before = agenda(worlds)
    assert runs(worlds, "backup", str(tmp_path / "copy")).exit_code == 0
    assert books(worlds)
    refused = runs(worlds, "restore", str(tmp_path / "copy"))
    assert refused.exit_code == 1
    assert "appointments in the book of DATABASE_URL" in refused.stderr
    assert "--force" in refused.stderr
    assert len(agenda(worlds)) == 2
    assert runs(worlds, "restore", "--force", str(tmp_path / "copy")).exit_code == 0
    assert agenda(worlds) == before
    assert books(worlds)
    assert runs(worlds, "book", "verify").exit_code == 0


def test_a_copy_overwrites_nothing(worlds: World, tmp_path: Path) -> None:
    """The back-up of yesterday stays."""
    (tmp_path / "copy").write_text("yesterday", encoding="utf-8")
    done = runs(worlds, "backup", str(tmp_path / "copy"))
    assert (done.exit_code, "is there already" in done.stderr) == (1, True)
    assert (tmp_path / "copy").read_text(encoding="utf-8") == "yesterday"


def test_a_file_that_is_no_copy_changes_nothing(worlds: World, tmp_path: Path) -> None:
    """Also with --force; and the reason is a sentence."""
    assert books(worlds)
    wrong = tmp_path / "wrong"
    for content in ("a photo" * 999, ""):
        wrong.write_text(content, encoding="utf-8")
        done = runs(worlds, "restore", "--force", str(wrong))
        assert done.exit_code == 1
        assert done.stderr.startswith("Error: ")
        assert "Traceback" not in done.output
    assert runs(worlds, "restore", str(tmp_path / "none")).exit_code == 1
    assert len(agenda(worlds)) == 1


def test_a_copy_of_a_newer_version_is_not_put_back(worlds: World, tmp_path: Path) -> None:
    """A line that does not know its tables says which version to install."""
    newest = text("UPDATE alembic_version SET version_num = '9999'")
    worlds.database.transact(lambda connection: connection.execute(newest))
    assert runs(worlds, "backup", str(tmp_path / "copy")).exit_code == 0
    done = runs(worlds, "restore", "--force", str(tmp_path / "copy"))
    assert done.exit_code == 1
    assert "is of version 9999" in done.stderr


def test_without_the_programs_of_postgresql_that_is_told(
    worlds: World, tmp_path: Path, programs: Callable[[], None]
) -> None:
    """What to install; an SQLite book needs none."""
    programs()
    done = runs(worlds, "backup", str(tmp_path / "copy"))
    if worlds.database.is_sqlite:
        assert done.exit_code == 0
    else:
        assert done.exit_code == 1
        assert "there is no pg_dump here: install PostgreSQL's client programs" in done.stderr


def test_where_there_is_no_room_for_the_copy_that_is_told(worlds: World, tmp_path: Path) -> None:
    """And nothing half is left."""
    done = runs(worlds, "backup", str(tmp_path / "nowhere" / "copy"))
    assert done.exit_code == 1
    assert "No such file" in done.stderr
    assert list(tmp_path.glob("**/*.part")) == []

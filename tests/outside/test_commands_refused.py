"""A command that cannot do its work says why in a sentence, and never with a trace."""

import pytest
from click.testing import Result

from app import application
from tests.outside.conftest import Installation

NOBODY_LISTENS = "postgresql://line@127.0.0.1:1/line"
COMMANDS = {
    "check": ("check",),
    "agenda": ("agenda",),
    "openings": ("openings", "permit"),
    "staffing": ("staffing", "2026-12-01"),
    "publish": ("roster", "publish"),
    "verify": ("book", "verify"),
}
every = pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)


def result(installation: Installation, command: tuple[str, ...], url: str) -> Result:
    """How a command ends on this database."""
    app = application(installation.starts(DATABASE_URL=url))
    return app.test_cli_runner().invoke(args=list(command))


def refusal(installation: Installation, command: tuple[str, ...], url: str) -> str:
    """What a command says that cannot do its work on this database."""
    done = result(installation, command, url)
    assert isinstance(done.exception, SystemExit), f"a trace of {done.exception!r}"
    assert done.exit_code != 0
    return done.stderr


@every
def test_a_database_that_is_away_is_told(
    installation: Installation, command: tuple[str, ...]
) -> None:
    """An outage is a sentence that names the setting."""
    said = refusal(installation, command, NOBODY_LISTENS)
    assert said.startswith("Error: DATABASE_URL: the database does not answer")


@every
def test_a_database_file_that_is_broken_is_told(
    installation: Installation, command: tuple[str, ...]
) -> None:
    """A file that is no database is told like an outage."""
    file = installation.writes("broken.sqlite3", "this is no database" * 1000)
    assert refusal(installation, command, f"sqlite:///{file}").startswith("Error: DATABASE_URL: ")


@every
def test_a_book_that_was_never_prepared_is_told(
    installation: Installation, command: tuple[str, ...]
) -> None:
    """A command that is given before the line's first start says what to do."""
    said = refusal(installation, command, f"sqlite:///{installation.folder / 'new.sqlite3'}")
    assert "start the line" in said


def test_a_command_is_done_where_nothing_is_wrong(installation: Installation) -> None:
    """The refusals above are about the database, and not about the command."""
    parts = installation.starts()
    parts.database.upgrade()
    url = parts.database.url.render_as_string(hide_password=False)
    for command in COMMANDS.values():
        assert result(installation, command, url).exit_code == 0, command

"""Copies of the whole book in one file, made and put back while the line answers.

SQLite copies itself (its online backup API); PostgreSQL brings pg_dump and pg_restore along.
"""

import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import func, select

from scheduling.database import SCHEMA, Database
from scheduling.models import appointments

_PACKAGE = "install PostgreSQL's client programs (on Debian: apt install postgresql-client)"


class BackupFailed(Exception):  # noqa: N818  named for what happened
    """There is no copy, or it was not put back; the message says why."""


def back_up(database: Database, file: Path) -> None:
    """Copies the book, as it is at one moment, to a new file; raises BackupFailed."""
    if file.exists():
        raise BackupFailed(f"{file} is there already; a back-up overwrites nothing")
    if database.schema() is None:
        raise BackupFailed("there is no book yet: start the line, which makes its tables")
    part = file.with_name(f"{file.name}.part")
    try:
        part.unlink(missing_ok=True)
        part.touch(mode=0o600)
        (_from_sqlite if database.is_sqlite else _from_postgresql)(database, part)
        with part.open("rb") as written:
            os.fsync(written.fileno())
        part.rename(file)
    except OSError as error:
        raise BackupFailed(str(error)) from error
    finally:
        part.unlink(missing_ok=True)


def restore(database: Database, file: Path, *, force: bool) -> None:
    """Puts a copy in the place of the book, and brings it up to date; raises BackupFailed.

    A book with appointments in it is only overwritten by `force`. Nothing is changed where the
    file is no back-up, or is one of a newer version.
    """
    if not file.is_file():
        raise BackupFailed(f"there is no file {file}")
    if not force and (count := _appointments(database)):
        raise BackupFailed(
            f"there are {count} appointments in the book of DATABASE_URL, which would be lost:"
            " back it up, and say --force"
        )
    (_to_sqlite if database.is_sqlite else _to_postgresql)(database, file)
    database.close()
    database.upgrade()


def _appointments(database: Database) -> int:
    if database.schema() is None:
        return 0
    with database.read() as connection:
        return connection.scalar(select(func.count()).select_from(appointments)) or 0


def _from_sqlite(database: Database, part: Path) -> None:
    try:
        with closing(_opened(_path(database))) as book, closing(sqlite3.connect(part)) as copy:
            book.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, without others beside it
    except sqlite3.Error as error:
        raise BackupFailed(f"the copy failed: {error}") from error


def _to_sqlite(database: Database, file: Path) -> None:
    try:
        with closing(_opened(file)) as copy:
            if copy.execute("PRAGMA quick_check").fetchone() != ("ok",):
                raise BackupFailed(f"{file} is damaged; nothing was changed")
            (schema,) = copy.execute("SELECT version_num FROM alembic_version").fetchone()
            _check_version(file, schema)
            _check_owner(database, file, _owner_in(copy))
            with closing(sqlite3.connect(_path(database), timeout=10)) as book:
                copy.backup(book)
    except sqlite3.Error as error:
        raise BackupFailed(f"{file} is no back-up of an SQLite book: {error}") from error


def _check_version(file: Path, schema: str) -> None:
    if schema > SCHEMA:
        newer = f"{file} is of version {schema}, and this line knows {SCHEMA}"
        raise BackupFailed(f"{newer}: install the newer line first; nothing was changed")


def _check_owner(database: Database, file: Path, found: str) -> None:
    if found and database.of and found != database.of:
        whose = f"{file} is of the book of {found}, and not of {database.of}"
        raise BackupFailed(f"{whose}; nothing was changed")


def _owner_in(copy: sqlite3.Connection) -> str:
    """Whose book a copy is of, of several municipalities; empty where it does not say."""
    known = copy.execute("SELECT 1 FROM sqlite_master WHERE name = 'book_of'").fetchone()
    row = copy.execute("SELECT municipality FROM book_of").fetchone() if known else None
    return str(row[0]) if row else ""


def _opened(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=10)


def _path(database: Database) -> Path:
    return Path(str(database.url.database))


def _from_postgresql(database: Database, part: Path) -> None:
    with _address(database) as address:
        _run("pg_dump", "--format=custom", "--no-owner", f"--file={part}", f"--dbname={address}")


def _to_postgresql(database: Database, file: Path) -> None:
    version = next(_dumped(file, "alembic_version"), None)
    if version is None:
        raise BackupFailed(f"{file} is no back-up of a book; nothing was changed")
    _check_version(file, version)
    row = next(_dumped(file, "book_of"), "")
    _check_owner(database, file, row.partition("\t")[2])
    words = ("--clean", "--if-exists", "--no-owner", "--single-transaction")
    with _address(database) as address:
        _run("pg_restore", *words, f"--dbname={address}", str(file))


def _dumped(file: Path, table: str) -> Iterator[str]:
    """The rows of a table in a copy, as PostgreSQL writes them; none where there is no table."""
    printed = _run("pg_restore", "--data-only", f"--table={table}", "--file=-", str(file))
    lines = iter(printed.splitlines())
    if any(line.startswith("COPY ") for line in lines):
        yield from (line for line in iter(lambda: next(lines, "\\."), "\\."))


@contextmanager
def _address(database: Database) -> Iterator[str]:
    """The database for PostgreSQL's programs; the password stands in a file, where no `ps` is."""
    url = database.url.set(drivername="postgresql")
    if not url.password:
        yield url.render_as_string()
        return
    with tempfile.NamedTemporaryFile("w", encoding="utf-8") as file:  # for its owner only
        password = str(url.password).replace("\\", "\\\\").replace(":", "\\:")
        file.write(f"*:*:*:*:{password}\n")
        file.flush()
        bare = url.set(password="").update_query_dict({"passfile": file.name})
        yield bare.render_as_string(hide_password=False).replace(":@", "@", 1)


def _run(program: str, *words: str) -> str:
    """What a program of PostgreSQL prints; raises BackupFailed with what it complains of."""
    found = shutil.which(program)
    if not found:
        raise BackupFailed(f"there is no {program} here: {_PACKAGE}")
    done = subprocess.run(  # noqa: S603  no shell, and words of our own
        [found, *words], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )
    if done.returncode:
        told = done.stderr.strip().splitlines()
        hint = f"; {_PACKAGE}, of the server's version" if "version mismatch" in done.stderr else ""
        raise BackupFailed(f"{' '.join(told) or f'{program} failed'}{hint}")
    return done.stdout

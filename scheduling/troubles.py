"""What a driver's error says about the database, in a sentence for whoever runs the line."""

import errno
from typing import Any

from scheduling.writer_lock import NoTurn

_SQLITE = {
    "SQLITE_FULL": "the disk of the database is full",
    "SQLITE_IOERR": "the disk of the database is full, or refuses to write",
    "SQLITE_READONLY": "the database file cannot be written: the file or its disk is read-only",
    "SQLITE_CANTOPEN": "the database file cannot be opened: its folder is read-only, or not ours",
    "SQLITE_PERM": "the database file cannot be opened: its folder is read-only, or not ours",
    "SQLITE_NOTADB": "the database file is no database",
    "SQLITE_CORRUPT": "the database file is damaged: restore a back-up",
    "SQLITE_BUSY": "another program holds the database file",
}
_POSTGRESQL = {
    "53100": "the disk of the database is full",
    "25006": "the database server takes no changes: it is read-only, or a standby",
    "42501": "the database refuses: its user lacks a right to the tables",
    "53300": "the database server has no connection left",
    "25P03": "the line stood still in the middle of its work",
    "57014": "the database takes too long to answer",
    "42P01": "the database lacks a table: start the line, which makes its tables",
    "42703": "the database lacks a column: start the line, which brings its tables up to date",
    "28P01": "the database refuses the password of DATABASE_URL",
    "3D000": "there is no database of the name in DATABASE_URL",
}
_BY_SYSTEM = {
    None: "SQLITE_BUSY",
    errno.ENOSPC: "SQLITE_FULL",
    errno.EROFS: "SQLITE_READONLY",
}
_NOTHING = "the database does not answer"


def is_outage(cause: object, driver: Any) -> bool:  # noqa: ANN401  a driver's module
    """Whether the database is at fault, and not the program that asked it."""
    return isinstance(cause, driver.OperationalError) or _known(cause) is not None


def sentence(cause: object) -> str:
    """What is wrong with the database."""
    if isinstance(cause, NoTurn):
        return _SQLITE[_BY_SYSTEM.get(cause.errno, "SQLITE_CANTOPEN")]
    return _known(cause) or _NOTHING


def _known(cause: object) -> str | None:
    name = str(getattr(cause, "sqlite_errorname", ""))
    if name == "SQLITE_ERROR" and str(cause).startswith("no such table"):
        return _POSTGRESQL["42P01"]
    code = str(getattr(cause, "sqlstate", ""))
    kind = "_".join(name.split("_")[:2])
    return _SQLITE.get(kind) or _POSTGRESQL.get(code)

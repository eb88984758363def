"""What an employee is asked to do: ring somebody back, confirm an address, look at a message."""

from datetime import datetime

from msgspec import Struct
from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Integer,
    String,
    Table,
    func,
    insert,
    select,
    update,
)

from scheduling.models import UTCDateTime, index_where, metadata, one_of

KINDS = ("call_back", "confirm_address", "message_failed")

tasks = Table(
    "tasks",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("number", String(40), nullable=False),
    Column("language", String(2), nullable=False),
    Column("reference", String(20)),
    Column("detail", String(80), nullable=False),
    Column("created_at", UTCDateTime, nullable=False),
    Column("done_at", UTCDateTime),
    one_of("kind", KINDS),
    index_where("done_at IS NULL", "tasks_open", "created_at"),
    comment="What employees are asked to do, and since when.",
)


class Task(Struct, frozen=True):
    """Something to do: whom to ring (E.164), in which language, about which appointment."""

    kind: str
    number: str
    language: str
    reference: str | None = None
    detail: str = ""
    created_at: datetime | None = None
    done_at: datetime | None = None
    id: int = 0


def ask_for(connection: Connection, task: Task, now: datetime) -> None:
    """Puts a task on the list; one that stands there already and is not done stays one.

    Whoever asks for the same in this moment waits until this transaction ends, and then sees it.
    """
    if connection.dialect.name == "postgresql":  # SQLite has one writer at a time
        name = f"{task.kind} {task.number} {task.reference}"
        connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))
    same = (
        tasks.c.kind == task.kind,
        tasks.c.number == task.number,
        tasks.c.reference.is_(None)
        if task.reference is None
        else tasks.c.reference == task.reference,
        tasks.c.done_at.is_(None),
    )
    if connection.scalar(select(tasks.c.id).where(*same).limit(1)) is None:
        values = {
            "kind": task.kind,
            "number": task.number,
            "language": task.language,
            "reference": task.reference,
            "detail": task.detail,
            "created_at": now,
        }
        connection.execute(insert(tasks), values)


def is_open(connection: Connection, kind: str, reference: str) -> bool:
    """Whether something about an appointment is yet to be done."""
    found = select(tasks.c.id).where(*_open(kind, reference)).limit(1)
    return connection.scalar(found) is not None


def drop(connection: Connection, kind: str, reference: str, now: datetime) -> None:
    """Strikes off what need not be done any more about an appointment."""
    connection.execute(update(tasks).where(*_open(kind, reference)).values(done_at=now))


def _open(kind: str, reference: str) -> tuple[ColumnElement[bool], ...]:
    return tasks.c.kind == kind, tasks.c.reference == reference, tasks.c.done_at.is_(None)


def open_tasks(connection: Connection) -> int:
    """How many tasks are to be done."""
    wanted = select(func.count()).select_from(tasks).where(tasks.c.done_at.is_(None))
    return connection.scalar(wanted) or 0


def listed(
    connection: Connection, *, also_done: bool = False, most: int | None = None
) -> list[Task]:
    """The tasks, the oldest first, or so many; also what is done, where that is asked for."""
    wanted = select(tasks).order_by(tasks.c.created_at, tasks.c.id).limit(most)
    if not also_done:
        wanted = wanted.where(tasks.c.done_at.is_(None))
    return [Task(**row._mapping) for row in connection.execute(wanted)]  # noqa: SLF001  its public name


def done(connection: Connection, task: int, now: datetime) -> bool:
    """Strikes a task off the list; False where there is no such open task."""
    struck = update(tasks).where(tasks.c.id == task, tasks.c.done_at.is_(None))
    return connection.execute(struck.values(done_at=now)).rowcount == 1

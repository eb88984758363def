"""What employees are asked to do stands on a list until somebody has done it."""

import json
from threading import Thread
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from scheduling.office import Office
from scheduling.openings import Wish
from scheduling.task_commands import tasks as tasks_command
from scheduling.tasks import Task, ask_for, done, listed
from tests.scheduling.door import Door

CALL_BACK = Task("call_back", "+31612345678", "en")
ADDRESS = Task("confirm_address", "+31612345678", "nl", "234567892345", "2351 12")


def ask(door: Door, *tasks: Task) -> None:
    """Puts tasks on the list, each in a transaction of its own, a minute apart."""
    for task in tasks:
        door.database.transact(lambda c, it=task: ask_for(c, it, door.now))  # type: ignore[misc]
        door.passes(minutes=1)


def open_tasks(door: Door, *, also_done: bool = False) -> list[Task]:
    """What stands on the list."""
    with door.database.read() as connection:
        return listed(connection, also_done=also_done)


def strike(door: Door, task: int) -> bool:
    """Somebody has done a task."""
    return door.database.transact(lambda c: done(c, task, door.now))


def test_the_oldest_task_is_first(door: Door) -> None:
    """With all that the employee must know."""
    since = door.now
    ask(door, ADDRESS, CALL_BACK)
    first, second = open_tasks(door)
    assert (first.kind, first.number, first.language) == ("confirm_address", "+31612345678", "nl")
    assert (first.reference, first.detail) == ("234567892345", "2351 12")
    assert (first.created_at, first.done_at) == (since, None)
    assert second.kind == "call_back"


def test_who_asks_twice_is_rung_once(door: Door) -> None:
    """Another number, reference or kind is another task; so is one that comes after it is done."""
    ask(door, CALL_BACK, CALL_BACK, ADDRESS, ADDRESS)
    assert [task.kind for task in open_tasks(door)] == ["call_back", "confirm_address"]
    ask(door, Task("call_back", "+31687654321", "en"), Task("confirm_address", *_other(ADDRESS)))
    assert len(open_tasks(door)) == 4
    assert strike(door, open_tasks(door)[0].id)
    ask(door, CALL_BACK)
    assert len(open_tasks(door)) == 4
    assert len(open_tasks(door, also_done=True)) == 5


def test_who_asks_twice_in_one_moment_is_rung_once(door: Door) -> None:
    """The second instance of the line waits for the first one, and finds the task on the list.

    Whoever asks for something else does not wait.
    """
    second = Thread(target=ask, args=(door.on(door.now), CALL_BACK))
    with door.database.write() as connection:
        ask_for(connection, CALL_BACK, door.now)
        second.start()
        second.join(0.3)
        assert second.is_alive()
        if not door.database.is_sqlite:  # which has one writer at a time
            ask(door.on(door.now), ADDRESS)
    second.join()
    assert [task.kind for task in open_tasks(door)].count("call_back") == 1


def _other(task: Task) -> tuple[str, str, str]:
    return task.number, task.language, "999999999999"


def test_a_task_is_done_once(door: Door) -> None:
    """The second who strikes it off is told, and so is who mistypes."""
    ask(door, CALL_BACK)
    (task,) = open_tasks(door)
    assert strike(door, task.id)
    assert not strike(door, task.id)
    assert not strike(door, task.id + 1)
    assert open_tasks(door) == []
    (found,) = open_tasks(door, also_done=True)
    assert found.done_at == door.now


def run(door: Door, *words: str) -> Result:
    """Runs `flask tasks` in the municipality's office."""
    office = Office(door.database, door.calendar, lambda: door.now)
    command: click.Command = tasks_command
    return CliRunner().invoke(command, words, obj=office, catch_exceptions=False)


def printed(door: Door, *words: str) -> Any:  # noqa: ANN401  JSON
    """What another program reads."""
    return json.loads(run(door, *words, "--json").stdout)


def test_the_list_is_read_by_people(door: Door) -> None:
    """A line for each task; a list without any says so."""
    assert run(door).stdout == "nothing to do\n"
    ask(door, CALL_BACK, ADDRESS)
    lines = [" ".join(line.split()) for line in run(door).stdout.splitlines()]
    one, two = (task.id for task in open_tasks(door))
    assert lines == [
        f"{one} Tue 2026-12-01 10:00 call_back +31612345678 - en",
        f"{two} Tue 2026-12-01 10:01 confirm_address +31612345678 234567892345 nl 2351 12",
    ]


def test_the_list_is_read_by_programs(door: Door) -> None:
    """Times have their offset; what is done is there where it is asked for."""
    ask(door, ADDRESS, CALL_BACK)
    first, _ = printed(door)
    assert first == {
        "id": open_tasks(door)[0].id,
        "kind": "confirm_address",
        "number": "+31612345678",
        "language": "nl",
        "reference": "234567892345",
        "detail": "2351 12",
        "created_at": "2026-12-01T10:00:00+01:00",
        "done_at": None,
    }
    assert run(door, "done", str(first["id"])).stdout == f"task {first['id']} is done\n"
    assert len(printed(door)) == 1
    assert printed(door, "--all")[0]["done_at"] == "2026-12-01T10:02:00+01:00"
    assert run(door, "--all").stdout.splitlines()[0].endswith("done")


@pytest.mark.parametrize("again", [False, True], ids=["unknown", "done before"])
def test_a_task_that_is_not_open_is_told(door: Door, *, again: bool) -> None:
    """Whoever strikes off what is not there is told where to look, and scripts notice."""
    ask(door, CALL_BACK)
    task = open_tasks(door)[0].id + (not again)
    if again:
        run(door, "done", str(task))
    result = run(door, "done", str(task))
    assert result.exit_code == 1
    assert result.stderr == f"Error: there is no open task {task}; flask tasks lists them\n"


def test_a_visit_at_home_is_a_task_and_its_address_is_in_the_agenda(door: Door) -> None:
    """The same address in both."""
    wish = Wish("id-card-home-visit")
    booked = door.books("anna", wish)
    door.do(lambda book: book.visit_at(booked, "2351 12"))
    ask(door, Task("confirm_address", "+31612345678", "nl", booked.reference, "2351 12"))
    assert door.entry(booked.reference).address == open_tasks(door)[0].detail

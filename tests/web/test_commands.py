"""`flask staff`: accounts made, listed, removed; and what everybody did."""

import json

import pytest
from click.testing import CliRunner, Result

from scheduling.commands import Office
from tests.conftest import World
from tests.web.employee import Employee
from web import accounts
from web.commands import staff


def run(world: World, *words: str, typed: str = "") -> Result:
    """Runs the command in the municipality's office."""
    office = Office(world.database, world.calendar, world.clock)
    return CliRunner().invoke(staff, words, obj=office, input=typed, catch_exceptions=False)


def test_an_account_is_made_with_a_password_that_is_typed(worlds: World) -> None:
    """It is asked for twice and never shown."""
    typed = "een lang wachtwoord\n" * 2
    done = run(worlds, "add", "Fatima", "--role", "agent", typed=typed)
    assert done.exit_code == 0
    assert "een lang" not in done.output
    assert Employee(worlds.app).signs_in("Fatima", "een lang wachtwoord") == 200


def test_a_random_password_is_told_once(worlds: World) -> None:
    """And it opens the page; so does the next one, and the first no longer."""
    first = run(worlds, "add", "Fatima", "--role", "manager", "--random").output.split()[-1]
    assert Employee(worlds.app).signs_in("Fatima", first) == 200
    second = run(worlds, "password", "fatima", "--random").output.split()[-1]
    assert Employee(worlds.app).signs_in("Fatima", first) == 401
    assert Employee(worlds.app).signs_in("Fatima", second) == 200


def test_passwords_are_stored_as_hashes(world: World) -> None:
    """With scrypt, each with its own salt; nobody's hash is of the same kind."""
    for name in ("Fatima", "Henk"):
        run(world, "add", name, "--role", "agent", typed="een lang wachtwoord\n" * 2)
    with world.database.read() as connection:
        stored = {accounts.stored(connection, name)[1] for name in ("Fatima", "Henk", "Nobody")}
    assert len(stored) == 3
    assert {each[: each.index("$")] for each in stored} == {"scrypt:8192:8:10"}
    assert len({len(each) for each in stored}) == 1


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("add", "Fatima", "--role", "agent", "--random"), "already"),
        (("add", "FATIMA ", "--role", "agent", "--random"), "already"),
        (("add", " ", "--role", "agent", "--random"), "1 to 40 letters"),
        (("add", "x" * 41, "--role", "agent", "--random"), "1 to 40 letters"),
        (("add", "a\tb", "--role", "agent", "--random"), "printed"),
        (("add", "Henk", "--role", "mayor", "--random"), "agent"),
        (("remove", "Henk"), "no account Henk"),
        (("password", "Henk", "--random"), "no account Henk"),
    ],
)
def test_what_cannot_be_is_told(world: World, words: tuple[str, ...], told: str) -> None:
    """With a status that is not 0, and nothing is changed."""
    run(world, "add", "Fatima", "--role", "agent", "--random")
    done = run(world, *words)
    assert done.exit_code != 0
    assert told in done.output
    assert [each["name"] for each in json.loads(run(world, "list", "--json").output)] == ["Fatima"]


def test_a_short_password_is_refused(world: World) -> None:
    """The message says how long it must be."""
    done = run(world, "add", "Fatima", "--role", "agent", typed="kort\nkort\n")
    assert done.exit_code == 1
    assert "12 to 200" in done.output
    done = run(world, "password", "Fatima", typed="kort\nkort\n")
    assert done.exit_code == 1


def test_accounts_and_deeds_are_listed(worlds: World) -> None:
    """Who can sign in, and who did what; an account that is gone keeps its deeds."""
    assert "nobody can sign in" in run(worlds, "list").output
    password = run(worlds, "add", "Fatima", "--role", "agent", "--random").output.split()[-1]
    Employee(worlds.app).signs_in("Fatima", password)
    Employee(worlds.app).signs_in("Fatima", "wrong")
    assert run(worlds, "list").output.split() == ["agent", "2026-12-01", "Fatima"]
    assert run(worlds, "remove", "fatima").exit_code == 0
    printed = run(worlds, "audit").output
    assert password not in printed
    deeds = [
        (each["who"], each["action"]) for each in json.loads(run(worlds, "audit", "--json").output)
    ]
    assert deeds == [
        ("(flask staff)", "account_added"),
        ("Fatima", "signed_in"),
        ("Fatima", "sign_in_failed"),
        ("(flask staff)", "account_removed"),
    ]
    assert len(printed.splitlines()) == 4

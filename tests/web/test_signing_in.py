"""Who may come in, for how long, and what a stranger meets."""

import re
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from app import application
from tests.conftest import World
from tests.web.employee import PASSWORD, Employee, at_work, entries, hire
from web import accounts, lockout
from web.sessions import IDLE, LONGEST


def is_in(employee: Employee) -> bool:
    """Whether the page is shown to him."""
    employee.looks_at("/agent")
    return "Nieuwe afspraak" in employee.text


def test_the_right_password_opens_the_page(worlds: World) -> None:
    """And a name may be written in any case."""
    employee = hire(worlds)
    assert not is_in(employee)
    assert employee.signs_in("fatima ") == 200
    assert is_in(employee)


@pytest.mark.parametrize("name", ["Fatima", "Nobody", "", "\x00", "x" * 5000])
def test_a_wrong_password_does_not(worlds: World, name: str) -> None:
    """And a name that nobody has hears the same."""
    employee = hire(worlds)
    assert employee.signs_in(name, "wrong") == 401
    assert "Naam of wachtwoord klopt niet." in employee.text
    assert not is_in(employee)


def test_guessing_is_slowed_down(worlds: World) -> None:
    """After five failures even the right password has to wait, and longer each time."""
    employee = hire(worlds)
    assert [employee.signs_in("fatima", "wrong") for _ in range(6)] == [401] * 5 + [429]
    assert employee.signs_in() == 429
    assert "over 30 seconden opnieuw" in employee.text
    worlds.clock.passes(seconds=30)
    assert employee.signs_in("fatima", "wrong") == 401
    worlds.clock.passes(seconds=59)
    assert employee.signs_in() == 429
    worlds.clock.passes(seconds=1)
    assert employee.signs_in() == 200
    employee.sends("/staff/sign-out")
    assert employee.signs_in("fatima", "wrong") == 401


def test_guessing_many_names_is_slowed_down(world: World) -> None:
    """A hundred failures in an hour, for whatever names, and each next one waits."""
    now = world.clock()
    for n in range(lockout.FREE_FAILURES_OF_ALL):
        world.database.transact(partial(lockout.attempt, login=f"name {n}", now=now))
    employee = hire(world)
    assert employee.signs_in() == 429
    world.clock.passes(seconds=10)
    assert employee.signs_in() == 200


def test_the_wait_doubles_up_to_a_quarter_of_an_hour() -> None:
    """So that two thousand guesses take three weeks."""
    waits = [lockout.pause(n).total_seconds() for n in (4, 5, 6, 7, 9, 10, 10_000)]
    assert waits == [0, 30, 60, 120, 480, 900, 900]


def test_a_session_ends_when_nobody_is_there(world: World) -> None:
    """A page that brings itself up to date does not count as somebody."""
    employee = at_work(world)
    world.clock.passes(minutes=50)
    assert is_in(employee)
    for _ in range(4):
        world.clock.passes(minutes=20)
        employee.looks_at("/agent/live")
    assert employee.answer
    assert employee.answer.status_code == 401
    assert not is_in(employee)
    assert timedelta(minutes=50) < IDLE


def test_a_session_ends_after_a_working_day(world: World) -> None:
    """However busy the employee is."""
    employee = at_work(world)
    for _ in range(int(LONGEST.total_seconds() // 1800)):
        world.clock.passes(minutes=30)
        assert is_in(employee)
    world.clock.passes(minutes=1)
    assert not is_in(employee)


def test_a_session_ends_with_its_account(worlds: World) -> None:
    """And not when another account is taken away."""
    employee, other = at_work(worlds), at_work(worlds, "Henk")
    worlds.database.transact(lambda c: accounts.remove(c, "Fatima"))
    assert not is_in(employee)
    assert is_in(other)


def test_another_password_ends_the_other_sessions(world: World) -> None:
    """Whoever changes it stays; whoever had the old one is out."""
    employee, elsewhere = at_work(world), Employee(world.app)
    elsewhere.signs_in()
    new = "nog een beter wachtwoord"
    employee.looks_at("/staff/password")
    assert employee.sends("/staff/password", password=PASSWORD, new=new, again=new) == 200
    assert is_in(employee)
    assert not is_in(elsewhere)
    assert elsewhere.signs_in("Fatima", PASSWORD) == 401
    assert elsewhere.signs_in("Fatima", new) == 200


def test_signing_out_ends_every_session(world: World) -> None:
    """A cookie that was copied before opens nothing."""
    employee, copy = at_work(world), Employee(world.app)
    cookie = employee.client.get_cookie("session")
    assert cookie
    copy.client.set_cookie("session", cookie.value)
    assert is_in(copy)
    employee.looks_at("/agent")
    employee.sends("/staff/sign-out")
    assert "U bent afgemeld." in employee.text
    assert not is_in(copy)


def test_signing_out_empties_the_browser(world: World) -> None:
    """Whatever a page has stored there is gone for whoever sits there next."""
    employee = at_work(world)
    left = employee.client.post("/staff/sign-out", data={"csrf_token": employee.token})
    assert left.status_code == 302
    assert left.headers["Clear-Site-Data"] == '"storage"'


def test_a_session_of_another_installation_opens_nothing(world: World) -> None:
    """Each signs with its own key."""
    employee = at_work(world)
    cookie = employee.client.get_cookie("session")
    assert cookie
    stranger = Employee(application(replace(world.parts, secret_key="another key")))  # noqa: S106
    stranger.client.set_cookie("session", cookie.value)
    assert not is_in(stranger)


@pytest.mark.parametrize("role", ["reception", "counter"])
def test_other_roles_do_not_book_here(world: World, role: str) -> None:
    """Their pages are others."""
    employee = at_work(world, role=role)
    assert "Deze pagina is voor telefonisten." in employee.text
    employee.looks_at("/staff/password")
    assert employee.sends("/agent/times", service="permit", persons=1) == 403
    assert entries(world, "held") == []


@pytest.mark.parametrize("token", ["", "wrong", "ImFiYyI.aaaa.bbbb"])
def test_a_form_of_another_site_changes_nothing(world: World, token: str) -> None:
    """Without the token of the session every form is refused, also to sign in."""
    employee = at_work(world)
    form = {"service": "permit", "persons": "1"} | ({"csrf_token": token} if token else {})
    answer = employee.client.post("/agent/times", data=form)
    assert answer.status_code == 403
    assert "niet meer geldig" in answer.get_data(as_text=True)
    assert entries(world, "held") == []
    form = {"name": "Fatima", "password": PASSWORD}
    assert Employee(world.app).client.post("/staff/sign-in", data=form).status_code == 403


def test_every_post_of_the_pages_wants_a_token(world: World) -> None:
    """Or, where it is Twilio's, a signature: nothing is posted without one of the two."""
    client = at_work(world).client
    rules = [*world.app.url_map.iter_rules(), *world.pages.url_map.iter_rules()]
    posts = [rule for rule in rules if "POST" in (rule.methods or set())]
    for rule in posts:
        path = re.sub(r"<int:[^>]+>", "1", rule.rule)
        answer = client.post(re.sub(r"<[^>]+>", "234567892345", path))
        assert answer.status_code == 403, rule


def test_every_page_has_the_headers(world: World) -> None:
    """No script or style but our own files, no frame, nothing kept in a cache."""
    employee = at_work(world)
    for path in ("/agent", "/agent/live", "/staff/sign-in", "/nothing", "/staff/password"):
        headers = employee.client.get(path).headers
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "no-store"
    assert not re.search(r"<script(?! src=)|<style| style=| on[a-z]+=", employee.page)


def test_cookies_have_the_right_flags(world: World) -> None:
    """Over https only, where the line is reached by https."""
    at = "https://afspraken.example.nl"
    settings = world.parts.settings.model_copy(update={"public_url": at})
    app = application(replace(world.parts, settings=settings))
    answer = app.test_client().get("/staff/sign-in", base_url=at)
    cookie = answer.headers["Set-Cookie"]
    for flag in ("__Host-session=", "Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert flag in cookie
    assert "Strict-Transport-Security" in answer.headers
    plain = world.app.test_client().get("/staff/sign-in")
    assert "Secure" not in plain.headers["Set-Cookie"]


def test_names_are_shown_as_they_are(world: World) -> None:
    """A name is never read as part of the page."""
    employee = at_work(world, "<script>alert(1)</script>")
    assert "<script>alert" not in employee.page
    assert "&lt;script&gt;alert(1)" in employee.page

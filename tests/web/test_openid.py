"""Signing in at the municipality's provider, over real HTTP: who comes in, and what is refused.

The provider is `openid_provider.py`; the test is the browser between the two.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from joserfc.jwk import OctKey, RSAKey

from tests.conftest import World
from tests.web.employee import PASSWORD, deeds, hire
from tests.web.openid_provider import CLIENT_ID, CLIENT_SECRET, Provider
from tests.web.visitor import (
    REDIRECT_URI,
    Visitor,
    provider_of_fatima,
    query,
    with_provider,
)
from web import openid_pages

LONG_AGO = 1_700_000_000


@pytest.fixture
def provider() -> Iterator[Provider]:
    """The municipality's provider, at which Fatima is signed in."""
    with provider_of_fatima() as running:
        yield running


@pytest.fixture
def town(world: World, provider: Provider) -> World:
    """An installation that knows the provider."""
    return with_provider(world, provider.issuer)


def test_one_click_opens_the_page(worlds: World, provider: Provider) -> None:
    """And it is written down by the name that the provider gives; no code stays in an address."""
    town = with_provider(worlds, provider.issuer)
    visitor = Visitor(town.app)
    visitor.looks_at("/staff/sign-in")
    assert re.search(r'<a [^>]*href="/staff/openid" accesskey="i" autofocus>', visitor.page)
    assert "Inloggen met uw gemeente-account" in visitor.text
    assert visitor.enters() == 200
    assert visitor.place == "/agent"
    assert "Fatima" in visitor.text
    assert deeds(town) == [("Fatima", "signed_in")]
    assert visitor.looks_at("/staff/openid") == 200
    assert visitor.place == "/agent"


def test_what_is_asked_of_the_provider(town: World) -> None:
    """Core 3.1.2.1 and RFC 7636, 4.3: a code, for our address, with state, nonce and S256."""
    first, second = (query(Visitor(town.app).goes()) for _ in range(2))
    fixed = {
        "response_type": "code",
        "client_id": CLIENT_ID,
        "redirect_uri": REDIRECT_URI,
        "scope": "openid profile email",
        "code_challenge_method": "S256",
    }
    assert {name: first[name] for name in fixed} == fixed
    for name in ("state", "nonce", "code_challenge"):
        assert len(first[name]) >= 20
        assert first[name] != second[name]
    assert set(first) == {*fixed, "state", "nonce", "code_challenge"}


def test_the_session_is_a_new_one(town: World) -> None:
    """Nothing of before stays in it, and it is that of a password: same cookie, same stamp."""
    visitor = Visitor(town.app)
    visitor.looks_at("/staff/sign-in")
    before = visitor.kept["csrf_token"]
    with visitor.session() as kept:
        kept["planted"] = "by somebody else"
    visitor.enters()
    assert set(visitor.kept) == {"staff", "stamp", "began", "seen", "csrf_token"}
    assert visitor.kept["csrf_token"] != before


def test_the_cookie_comes_back_from_the_provider(town: World) -> None:
    """Lax goes along when another site sends the browser here; Strict would not."""
    answer = Visitor(town.app).client.get("/staff/openid")
    for flag in ("HttpOnly", "SameSite=Lax", "Path=/"):
        assert flag in answer.headers["Set-Cookie"]
    assert "form-action 'self'" in answer.headers["Content-Security-Policy"]


def test_many_clicks_do_not_outgrow_the_cookie(town: World) -> None:
    """Only the last of them is waited for."""
    visitor = Visitor(town.app)
    first = visitor.asks(visitor.goes())
    last = [visitor.goes() for _ in range(5)][-1]
    cookie = visitor.client.get_cookie("session")
    assert cookie
    assert len(cookie.value) < 2000
    visitor.returns(first)
    assert openid_pages.STALE in visitor.text
    visitor.returns(visitor.asks(last))
    assert visitor.is_in


ANOTHERS = RSAKey.generate_key(2048, {"kid": "first"})
UNKNOWN = RSAKey.generate_key(2048, {"kid": "unknown"})
SHARED = OctKey.import_key(CLIENT_SECRET, {"kid": "first"})


@pytest.mark.parametrize(
    "fault",
    [
        {"claims": {"nonce": "another"}},
        {"claims": {"nonce": None}},
        {"claims": {"exp": LONG_AGO}},
        {"claims": {"exp": None}},
        {"claims": {"iat": 4_000_000_000}},
        {"claims": {"aud": "another-client"}},
        {"claims": {"aud": ["another-client"], "azp": CLIENT_ID}},
        {"claims": {"aud": [CLIENT_ID, "another-client"]}},
        {"claims": {"aud": [CLIENT_ID], "azp": "another-client"}},
        {"claims": {"aud": None}},
        {"claims": {"iss": "https://elders.example.nl"}},
        {"claims": {"iss": None}},
        {"claims": {"sub": None}},
        {"claims": {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}},
        {"signs_with": ANOTHERS},
        {"signs_with": UNKNOWN},
        {"signs_with": SHARED, "alg": "HS256"},
        {
            "signs_with": SHARED,
            "alg": "HS256",
            "metadata": {"id_token_signing_alg_values_supported": ["HS256", "none"]},
        },
        {"alg": "none", "metadata": {"id_token_signing_alg_values_supported": ["none"]}},
    ],
)
def test_an_id_token_that_is_not_right_is_refused(
    town: World, provider: Provider, fault: dict[str, Any]
) -> None:
    """Core 3.1.3.7: signature, issuer, audience, time, nonce; a sentence says so."""
    for name, value in fault.items():
        setattr(provider, name, value)
    visitor = Visitor(town.app)
    assert visitor.enters() == 200
    assert visitor.place == "/staff/sign-in"
    assert openid_pages.NOT_VOUCHED in visitor.text
    assert not visitor.is_in
    assert deeds(town) == []


def test_a_key_that_the_provider_changes_counts_at_once(town: World, provider: Provider) -> None:
    """Without a restart; what the old one signs is refused from then on."""
    Visitor(town.app).enters()
    old, provider.key = provider.key, RSAKey.generate_key(2048, {"kid": "second"})
    assert Visitor(town.app).enters() == 200
    assert deeds(town) == [("Fatima", "signed_in")] * 2
    provider.signs_with = old
    visitor = Visitor(town.app)
    visitor.enters()
    assert openid_pages.NOT_VOUCHED in visitor.text


@pytest.mark.parametrize("state", ["wrong", "", None])
def test_another_state_is_refused(town: World, provider: Provider, state: str | None) -> None:
    """Before anything is asked of the provider."""
    visitor = Visitor(town.app)
    code = query(visitor.asks(visitor.goes()))["code"]
    provider.asked.clear()
    given = "" if state is None else f"&state={state}"
    visitor.looks_at(f"/staff/openid/return?code={code}{given}")
    assert openid_pages.STALE in visitor.text
    assert not visitor.is_in
    assert provider.asked == []


def test_a_state_belongs_to_one_browser(town: World) -> None:
    """An address that somebody got from his own sign-in signs nobody else in."""
    back = Visitor(town.app).asks(Visitor(town.app).goes())
    other = Visitor(town.app)
    other.goes()
    other.returns(back)
    assert openid_pages.STALE in other.text
    assert not other.is_in


def test_a_code_belongs_to_one_browser(town: World) -> None:
    """With the right state and somebody else's code, the proof of PKCE is missing."""
    thief, victim = Visitor(town.app), Visitor(town.app)
    state = query(thief.goes())["state"]
    code = query(victim.asks(victim.goes()))["code"]
    thief.looks_at(f"/staff/openid/return?code={code}&state={state}")
    assert openid_pages.NOT_VOUCHED in thief.text
    assert not thief.is_in


def test_a_code_works_once(town: World) -> None:
    """Also with a copy of the session from before; who is in already just goes on."""
    visitor, copy = Visitor(town.app), Visitor(town.app)
    back = visitor.asks(visitor.goes())
    cookie = visitor.client.get_cookie("session")
    assert cookie
    visitor.returns(back)
    assert visitor.is_in
    visitor.returns(back)
    assert visitor.place == "/agent"
    assert deeds(town) == [("Fatima", "signed_in")]
    copy.client.set_cookie("session", cookie.value)
    copy.returns(back)
    assert openid_pages.NOT_VOUCHED in copy.text
    assert not copy.is_in


def test_a_no_of_the_provider_is_told(town: World) -> None:
    """Core 3.1.2.6; what it writes besides is not shown."""
    visitor = Visitor(town.app)
    state = query(visitor.goes())["state"]
    said = "error=access_denied&error_description=bel+0900-1234"
    visitor.looks_at(f"/staff/openid/return?{said}&state={state}")
    assert openid_pages.NOT_VOUCHED in visitor.text
    assert "0900" not in visitor.page


def test_nobody_is_sent_elsewhere(town: World) -> None:
    """Whatever an address asks for, the way back leads to our own pages."""
    visitor = Visitor(town.app)
    answer = visitor.client.get("/staff/openid?next=https://boos.example&redirect_uri=//boos")
    assert query(answer.headers["Location"])["redirect_uri"] == REDIRECT_URI
    visitor.returns(visitor.asks(answer.headers["Location"]) + "&next=https://boos.example")
    assert visitor.place == "/agent"


@pytest.mark.parametrize("is_only", [False, True])
def test_passwords_work_unless_the_provider_is_the_only_way(
    world: World, provider: Provider, *, is_only: bool
) -> None:
    """OIDC_ONLY takes the form away, and refuses what is sent all the same."""
    town = with_provider(world, provider.issuer, oidc_only=is_only)
    hire(town, "Henk")
    visitor = Visitor(town.app)
    visitor.looks_at("/staff/sign-in")
    assert ("Wachtwoord" in visitor.text) is not is_only
    status = visitor.sends("/staff/sign-in", name="Henk", password=PASSWORD)
    assert status == (403 if is_only else 200)
    assert visitor.is_in is not is_only


def test_without_a_provider_there_is_no_link(world: World) -> None:
    """And nothing behind it."""
    visitor = Visitor(world.app)
    visitor.looks_at("/staff/sign-in")
    assert "gemeente-account" not in visitor.page
    assert visitor.looks_at("/staff/openid") == 404
    assert visitor.looks_at("/staff/openid/return?code=a&state=b") == 404

"""Whoever the provider vouches for: the role, the row, the name, and who is kept out."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.conftest import World
from tests.web.employee import PASSWORD, deeds, hire
from tests.web.openid_provider import Provider
from tests.web.test_commands import run
from tests.web.visitor import FATIMA, Visitor, provider_of_fatima, with_provider
from web import openid
from web.openid import Person, RoleClaim


@pytest.fixture
def provider() -> Iterator[Provider]:
    """The municipality's provider, at which Fatima is signed in."""
    with provider_of_fatima() as running:
        yield running


@pytest.fixture
def towns(worlds: World, provider: Provider) -> World:
    """An installation that knows the provider, once on each database."""
    return with_provider(worlds, provider.issuer)


@pytest.fixture
def town(world: World, provider: Provider) -> World:
    """An installation that knows the provider."""
    return with_provider(world, provider.issuer)


def enters(town: World) -> Visitor:
    """Somebody who comes back from the provider, with a new browser."""
    visitor = Visitor(town.app)
    visitor.enters()
    return visitor


def listed(town: World) -> list[dict[str, Any]]:
    """The accounts."""
    found: list[dict[str, Any]] = json.loads(run(town, "list", "--json").output)
    return found


def test_the_first_sign_in_makes_the_account(towns: World, provider: Provider) -> None:
    """One row, however often; it follows the name and the role at the provider."""
    first = enters(towns)
    assert enters(towns).is_in
    assert [(e["name"], e["role"], e["openid"]) for e in listed(towns)] == [
        ("Fatima", "agent", True)
    ]
    provider.person = FATIMA | {"preferred_username": "Fatima Jansen", "roles": ["manager"]}
    enters(towns)
    assert [(e["name"], e["role"]) for e in listed(towns)] == [("Fatima Jansen", "manager")]
    assert first.is_in
    assert "Fatima Jansen" in first.text


@pytest.mark.parametrize(
    "said", [{}, {"roles": []}, {"roles": ["janitor", 7]}, {"roles": 3}, {"roles": {"agent": 1}}]
)
def test_without_a_role_nobody_comes_in(
    town: World, provider: Provider, said: dict[str, Any]
) -> None:
    """The sentence says what the administrator has to do; it is written down."""
    provider.person = {"sub": "x", "preferred_username": "Piet"} | said
    visitor = enters(town)
    assert "Het account Piet heeft hier nog geen rol." in visitor.text
    assert "agent, reception, counter of manager (claim roles)" in visitor.text
    assert not visitor.is_in
    assert deeds(town) == [("Piet", "sign_in_refused")]
    assert listed(town) == []


def test_the_provider_may_have_other_names_for_roles(world: World, provider: Provider) -> None:
    """Then only those count, also within other claims."""
    mapping = "Leiderdorp-KCC=agent, Leiderdorp-Beheer = manager"
    named = {"oidc_role_claim": "realm_access.roles", "oidc_roles": mapping}
    town = with_provider(world, provider.issuer, **named)
    provider.person = FATIMA | {"realm_access": {"roles": ["x", "Leiderdorp-KCC"]}}
    assert enters(town).is_in
    provider.person = FATIMA | {"realm_access": {"roles": ["agent"]}}
    assert "Leiderdorp-KCC of Leiderdorp-Beheer" in enters(town).text


def test_who_has_several_roles_gets_the_highest() -> None:
    """A role is one word or several; a claim's name may have dots in it."""
    assert RoleClaim().role({"roles": ["reception", "agent"]}) == "agent"
    assert RoleClaim().role({"roles": "counter"}) == "counter"
    assert RoleClaim("https://a.b/roles").role({"https://a.b/roles": ["manager"]}) == "manager"
    assert RoleClaim("a.b").role({"a": "agent"}) is None


@pytest.mark.parametrize("written", ["agent", "x=mayor", "=agent", "a=agent,,", "x=y=mayor"])
def test_names_of_roles_that_cannot_be(written: str) -> None:
    """The sentence says how to write them."""
    with pytest.raises(ValueError, match="write it as Leiderdorp-KCC=agent"):
        RoleClaim.of("roles", written)


@pytest.mark.parametrize(
    ("claims", "name"),
    [
        ({"preferred_username": "fatima", "email": "f@a.nl"}, "fatima"),
        ({"email": "f@a.nl"}, "f@a.nl"),
        ({}, "s"),
        ({"preferred_username": 7, "email": " \n"}, "s"),
        ({"preferred_username": "(Flask  staff)"}, "s"),
        ({"preferred_username": "a\nb\x00c"}, "a b c"),
        ({"preferred_username": "x" * 500}, "x" * 40),
        ({"preferred_username": "ß" * 40}, "ß" * 20),
    ],
)
def test_the_name_in_the_audit(claims: dict[str, Any], name: str) -> None:
    """Of one line, short enough, and never that of a command."""
    assert Person.of({"iss": "i", "sub": "s"} | claims, RoleClaim()).name == name


def test_somebody_is_known_by_issuer_and_subject() -> None:
    """Core 5.7: neither alone, and no name."""
    pairs = [("i", "s"), ("i", "t"), ("j", "s")]
    assert len({Person.of({"iss": i, "sub": s}, RoleClaim()).subject for i, s in pairs}) == 3
    assert openid.HIGHEST_FIRST[0] == "manager"


def test_a_name_that_somebody_has_is_not_taken_over(towns: World, provider: Provider) -> None:
    """Neither a local account, nor that of another person at the provider."""
    local = hire(towns, "fatima", "manager")
    visitor = enters(towns)
    assert "al een ander account met de naam Fatima" in visitor.text
    assert not visitor.is_in
    assert local.signs_in("fatima") == 200
    run(towns, "remove", "fatima")
    assert enters(towns).is_in
    provider.person = FATIMA | {"sub": "somebody-else"}
    assert not enters(towns).is_in
    provider.person = {"sub": "p-1", "preferred_username": "Piet", "roles": ["agent"]}
    assert enters(towns).is_in
    provider.person["preferred_username"] = "FATIMA"
    assert "al een ander account" in enters(towns).text
    assert [each["name"] for each in listed(towns)] == ["Fatima", "Piet"]


def test_a_blocked_account_is_kept_out(towns: World) -> None:
    """Out at once, and refused with a sentence until it is unblocked; no calls meanwhile."""
    visitor = enters(towns)
    visitor.sends("/agent/taking-calls", taking="yes")
    assert run(towns, "block", "fatima").exit_code == 0
    assert run(towns, "block", "Fatima").exit_code == 0
    assert not visitor.is_in
    refused = enters(towns)
    assert "Het account Fatima is geblokkeerd." in refused.text
    assert not refused.is_in
    assert "(blocked)" in run(towns, "list").output
    assert run(towns, "password", "Fatima", "--random").exit_code == 1
    assert run(towns, "unblock", "Fatima").exit_code == 0
    assert run(towns, "unblock", "Fatima").exit_code == 0
    assert enters(towns).is_in
    assert run(towns, "block", "Nobody").exit_code == 1
    assert run(towns, "unblock", "Nobody").exit_code == 1
    assert ("Fatima", "sign_in_refused") in deeds(towns)


def test_a_local_account_is_blocked_too(worlds: World) -> None:
    """And has its password back afterwards."""
    employee = hire(worlds)
    run(worlds, "block", "Fatima")
    assert employee.signs_in() == 401
    assert "is blocked" in run(worlds, "password", "Fatima", "--random").output
    run(worlds, "unblock", "Fatima")
    assert employee.signs_in() == 200


def test_removing_ends_the_sessions_only(town: World) -> None:
    """The command says so, and how to keep somebody out."""
    visitor = enters(town)
    told = run(town, "remove", "Fatima").output
    assert "can sign in again" in told
    assert "flask staff block" in told
    assert not visitor.is_in
    assert enters(town).is_in


def test_there_is_no_password_to_guess_or_to_change(town: World) -> None:
    """Neither on the pages, nor by command."""
    visitor = enters(town)
    assert "Wachtwoord" not in visitor.text
    assert visitor.looks_at("/staff/password") == 403
    assert "Uw wachtwoord verandert u daar." in visitor.text
    form = {"password": PASSWORD, "new": PASSWORD, "again": PASSWORD}
    assert visitor.sends("/staff/password", **form) == 403
    assert "signs in at the municipality" in run(town, "password", "Fatima", "--random").output
    assert Visitor(town.app).signs_in("Fatima", PASSWORD) == 401
    assert Visitor(town.app).signs_in("Fatima", "openid:") == 401


def test_signing_out_is_as_with_a_password(town: World) -> None:
    """Everywhere, out of taking calls, and after an hour without a click."""
    visitor, elsewhere = enters(town), enters(town)
    visitor.sends("/agent/taking-calls", taking="yes")
    visitor.sends("/staff/sign-out")
    assert "U bent afgemeld." in visitor.text
    assert not elsewhere.is_in
    assert [each for _, each in deeds(town)] == [
        "signed_in",
        "signed_in",
        "calls_begun",
        "signed_out",
    ]
    again = enters(town)
    assert "neemt geen" in again.text.lower() or "begin" in again.text.lower()
    town.clock.passes(minutes=61)
    assert not again.is_in

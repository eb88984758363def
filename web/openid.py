"""What signing in with the municipality's own accounts is made of (OpenID Connect Core 1.0)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Protocol

from werkzeug.wrappers import Response

from web.accounts import LONGEST_NAME, ROLES, login_of
from web.audit import COMMAND_LINE

Claims = Mapping[str, object]
"""What an ID token says about somebody (section 2)."""

HIGHEST_FIRST = ("manager", "agent", "reception", "counter")
"""Who has several roles at the provider has the first of these here."""

RETURN = "/staff/openid/return"
"""Where the provider sends the browser back to, below PUBLIC_URL."""

_NAMED_BY = ("preferred_username", "email", "sub")


class ProviderAway(Exception):  # noqa: N818  named for what happened
    """The provider does not answer, or too late, or with an error of its own."""


class Stale(Exception):  # noqa: N818
    """No sign-in that this browser began: it is of long ago, of elsewhere, or forged."""


class NotVouched(Exception):  # noqa: N818
    """The provider does not say who this is, or what says so is not to be trusted."""


class Provider(Protocol):
    """The municipality's provider."""

    def begin(self) -> Response:
        """Sends the browser there; raises ProviderAway and NotVouched."""

    def finish(self) -> Claims:
        """Who came back with this request; raises ProviderAway, Stale and NotVouched."""


@dataclass(frozen=True)
class RoleClaim:
    """Where the provider says what somebody is here, and in which words."""

    claim: str = "roles"
    names: Mapping[str, str] = field(default_factory=lambda: dict(zip(ROLES, ROLES, strict=True)))

    @classmethod
    def of(cls, claim: str, written: str) -> "RoleClaim":
        """As it is set: `Leiderdorp-KCC=agent,...`; nothing is our own names. Raises ValueError."""
        if not written:
            return cls(claim)
        names = {}
        for each in written.split(","):
            name, equals, role = (part.strip() for part in each.rpartition("="))
            if not (name and equals) or role not in ROLES:
                raise ValueError(
                    f"{each.strip()!r} is no role: write it as Leiderdorp-KCC=agent,"
                    f" with one of {', '.join(ROLES)}"
                )
            names[name] = role
        return cls(claim, names)

    def role(self, claims: Claims) -> str | None:
        """Somebody's role, or None."""
        said = _found(claims, self.claim)
        values = [said] if isinstance(said, str) else said
        if not isinstance(values, list | tuple):
            return None
        mine = {self.names.get(each) for each in values if isinstance(each, str)}
        return next((role for role in HIGHEST_FIRST if role in mine), None)


@dataclass(frozen=True)
class OpenID:
    """The provider, the roles it gives, and whether it is the only way in."""

    provider: Provider
    roles: RoleClaim = RoleClaim()
    is_only: bool = False


@dataclass(frozen=True)
class Person:
    """Somebody for whom the provider vouches."""

    subject: str
    name: str
    role: str | None

    @classmethod
    def of(cls, claims: Claims, roles: RoleClaim) -> "Person":
        """The person whom an ID token tells of.

        `iss` and `sub` together are who it is (section 5.7): a name can pass to somebody else.
        """
        known_by = f"{claims['iss']}\0{claims['sub']}".encode()
        subject = blake2b(known_by, digest_size=24).hexdigest()
        return cls(subject, _name(claims) or subject[:LONGEST_NAME], roles.role(claims))


def _found(claims: Claims, claim: str) -> object:
    """The value of a claim, also of one within others, such as realm_access.roles."""
    if claim in claims:
        return claims[claim]
    outer, dot, inner = claim.partition(".")
    within = claims.get(outer) if dot else None
    return _found(within, inner) if isinstance(within, Mapping) else None


def _name(claims: Claims) -> str:
    """What somebody is called in the audit: the first of his names that can be written there."""
    for claim in _NAMED_BY:
        said = claims.get(claim)
        name = _written(said) if isinstance(said, str) else ""
        if login_of(name) not in {"", COMMAND_LINE}:
            return name
    return ""


def _written(said: str) -> str:
    """A name as it is stored: on one line, no longer than fits."""
    readable = "".join(each if each.isprintable() else " " for each in said[:LONGEST_NAME])
    name = " ".join(readable.split())
    while len(login_of(name)) > LONGEST_NAME:
        name = name[:-1]
    return name

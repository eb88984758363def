"""An employee's browser that goes to the municipality's provider and comes back."""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

from app import application
from ivr.settings import Settings
from tests.conftest import World
from tests.web.employee import Employee
from tests.web.openid_provider import CLIENT_ID, CLIENT_SECRET, Provider, running
from web.openid import RETURN

PUBLIC_URL = "https://afspraken.example.nl"
REDIRECT_URI = f"{PUBLIC_URL}{RETURN}"
FATIMA = {"sub": "f-1", "preferred_username": "Fatima", "roles": ["agent"]}


@contextmanager
def provider_of_fatima() -> Iterator[Provider]:
    """A provider at which Fatima is signed in."""
    with running(REDIRECT_URI) as provider:
        provider.person = dict(FATIMA)
        yield provider


def with_provider(world: World, issuer: str, **more: Any) -> World:  # noqa: ANN401
    """The same installation with these settings for the municipality's accounts."""
    settings = Settings(
        _env_file=None,  # type: ignore[call-arg]
        oidc_issuer=issuer,
        oidc_client_id=CLIENT_ID,
        oidc_client_secret=CLIENT_SECRET,  # type: ignore[arg-type]  # pydantic makes it one
        **more,
    )
    parts = replace(world.parts, settings=settings)
    return World(parts, application(parts), world.clock)


class Visitor(Employee):
    """A browser that follows the redirects between the line and the provider."""

    def goes(self) -> str:
        """Clicks the link; where the line sends the browser."""
        answer = self.client.get("/staff/openid")
        assert answer.status_code == 302
        return answer.headers["Location"]

    def asks(self, at_provider: str) -> str:
        """Opens the provider's page; where that sends the browser."""
        answer = requests.get(at_provider, allow_redirects=False, timeout=5)
        assert answer.status_code == 302, answer.text
        return answer.headers["Location"]

    def returns(self, back: str) -> int:
        """Opens the address to which the provider sends."""
        parts = urlsplit(back)
        return self.looks_at(f"{parts.path}?{parts.query}")

    def enters(self) -> int:
        """All of it."""
        return self.returns(self.asks(self.goes()))

    @property
    def kept(self) -> dict[str, Any]:
        """What is in the session."""
        with self.session() as kept:
            return dict(kept)

    @contextmanager
    def session(self) -> Iterator[Any]:
        """The session itself, to read it and to change it."""
        reader = copy(self.client)  # the same cookies, for the application that signs them
        reader.application = self.client.application.extensions["beside"].pages
        with reader.session_transaction() as kept:
            yield kept

    @property
    def is_in(self) -> bool:
        """Whether the agent's page is shown to him."""
        self.looks_at("/agent")
        return "Nieuwe afspraak" in self.text


def query(url: str) -> dict[str, str]:
    """The parameters of an address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}

"""The municipality's provider is away, hangs, or answers nonsense: a sentence, and no more."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from tests.calling import PASSPORT, hears, press_all
from tests.conftest import World
from tests.web.openid_provider import Provider
from tests.web.visitor import Visitor, provider_of_fatima, query, with_provider
from web import openid_pages
from web.openid_client import MOST_AT_ONCE


def refused_by(visitor: Visitor, path: str = "/staff/openid") -> str:
    """What the page says instead."""
    assert visitor.looks_at(path) == 200
    assert visitor.place == "/staff/sign-in"
    assert not visitor.kept.get("staff")
    return visitor.text


@contextmanager
def silent() -> Iterator[str]:
    """A provider that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0), backlog=50) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


@contextmanager
def saying(status: int, body: bytes) -> Iterator[str]:
    """A server that says the same to everything."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_a_provider_that_is_not_there(world: World) -> None:
    """The page to sign in says so, and a password works."""
    with silent() as issuer:
        pass
    assert openid_pages.AWAY in refused_by(Visitor(with_provider(world, issuer).app))


def test_a_provider_that_hangs_holds_up_nobody_else(world: World) -> None:
    """A sentence within some four seconds; a caller books meanwhile, on threads that are left."""
    with silent() as issuer:
        town = with_provider(world, issuer)
        took: list[float] = []

        def click() -> None:
            began = time.monotonic()
            assert openid_pages.AWAY in refused_by(Visitor(town.app))
            took.append(time.monotonic() - began)

        clicks = [threading.Thread(target=click) for _ in range(MOST_AT_ONCE + 5)]
        for each in clicks:
            each.start()
        call = town.rings()
        press_all(call, PASSPORT + "1")
        assert hears(call, "Uw afspraak staat vast")
        for each in clicks:
            each.join()
    assert len(took) == len(clicks)
    assert max(took) < 4
    assert sum(each > 1.9 for each in took) == MOST_AT_ONCE


@pytest.mark.parametrize(
    ("status", "body", "told"),
    [
        (500, b"", openid_pages.AWAY),
        (404, b"nothing here", openid_pages.AWAY),
        (200, b"<html>a portal of the network</html>", openid_pages.AWAY),
        (200, b"[]", openid_pages.NOT_VOUCHED),
        (200, b"{}", openid_pages.NOT_VOUCHED),
        (200, b'{"issuer": 7}', openid_pages.NOT_VOUCHED),
        (200, b'{"issuer": "https://elders.example.nl"}', openid_pages.NOT_VOUCHED),
    ],
)
def test_nonsense_in_place_of_discovery(world: World, status: int, body: bytes, told: str) -> None:
    """Discovery 4.3: also what speaks for another issuer is refused."""
    with saying(status, body) as issuer:
        assert told in refused_by(Visitor(with_provider(world, issuer).app))


@pytest.fixture
def provider() -> Iterator[Provider]:
    """The municipality's provider, at which Fatima is signed in."""
    with provider_of_fatima() as running:
        yield running


def test_discovery_that_speaks_for_another_issuer(world: World, provider: Provider) -> None:
    """Whatever else it says is right, nobody is sent there."""
    provider.metadata = {"issuer": "https://elders.example.nl"}
    town = with_provider(world, provider.issuer)
    assert openid_pages.NOT_VOUCHED in refused_by(Visitor(town.app))
    assert provider.asked == ["/.well-known/openid-configuration"]


def test_a_provider_that_goes_away_in_between(world: World) -> None:
    """Whoever comes back from it is told so, too."""
    with provider_of_fatima() as provider:
        visitor = Visitor(with_provider(world, provider.issuer).app)
        back = visitor.asks(visitor.goes())
    visitor.returns(back)
    assert openid_pages.AWAY in visitor.text
    assert not visitor.is_in


@pytest.mark.parametrize("lacking", ["authorization_endpoint", "token_endpoint", "jwks_uri"])
def test_discovery_that_lacks_an_address(world: World, provider: Provider, lacking: str) -> None:
    """Refused with a sentence, wherever that comes out."""
    town, visitor = with_provider(world, provider.issuer), Visitor(world.app)
    visitor = Visitor(town.app)
    back = visitor.asks(visitor.goes())
    provider.metadata = {lacking: None}
    if lacking == "authorization_endpoint":
        assert openid_pages.NOT_VOUCHED in refused_by(visitor)
        return
    visitor.returns(back)
    assert "niet" in visitor.text
    assert visitor.place == "/staff/sign-in"


def test_a_wrong_secret_of_the_line(world: World, provider: Provider) -> None:
    """The provider refuses the line; the employee is told to ask his administrator."""
    town = with_provider(world, provider.issuer)
    openid = town.pages.extensions["back_office"].openid
    assert openid
    openid.provider._secret = "another"  # noqa: S105
    visitor = Visitor(town.app)
    assert "state" in query(visitor.goes())
    visitor.enters()
    assert openid_pages.NOT_VOUCHED in visitor.text

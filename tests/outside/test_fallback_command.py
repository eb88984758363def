"""`flask fallback` prints a document that works without the line, at whatever host it is kept."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from app import application
from ivr.carrier import PhoneCall, Reply
from tests.conftest import World


@pytest.fixture
def document(world: World) -> bytes:
    """What the command prints."""
    result = world.app.test_cli_runner().invoke(args=["fallback"])
    assert result.exit_code == 0, result.output
    return result.stdout_bytes


def rings(document: bytes, *agents: str) -> PhoneCall:
    """A call that is answered with the document, by a host that knows nothing else."""

    def post(path: str, _form: Mapping[str, str]) -> Reply:
        assert path in {"/fallback.xml", "/voice/status"}, "it asks for nothing else"
        return Reply(200, "text/xml", document)

    call = PhoneCall(post, number="anonymous", agents=agents)
    call.ring("/fallback.xml")
    return call


def test_the_caller_hears_an_apology_and_reaches_an_agent(document: bytes) -> None:
    """In the municipality's voice and language; whose number is withheld is connected too."""
    assert b'voice="Polly.Laura-Neural"' in document
    call = rings(document, "completed")
    assert call.transcript[0][1] == "Sorry, er ging iets mis."
    assert (call.dialled, call.shown) == (["+31715458501"], ["+31715458500"])
    assert call.over
    assert not any("Probeer het later" in said for _, said in call.transcript)


@pytest.mark.parametrize("outcome", ["no-answer", "busy", "failed"])
def test_where_nobody_answers_the_caller_hears_when_to_ring(document: bytes, outcome: str) -> None:
    """Nobody is left in silence, also outside the hours."""
    call = rings(document, outcome)
    assert any("Probeer het later nog eens" in said for said in call.heard)
    assert any("www.leiderdorp.nl" in said or "internet" in said for said in call.heard)
    assert call.over


def test_the_numbers_are_told_where_it_is_kept(world: World) -> None:
    """`flask twilio connect` sets the address that is set, and asks as hosts of files allow."""
    settings = world.parts.settings.model_copy(
        update={"fallback_url": "https://handler.twilio.com/twiml/EH1"}
    )
    app = application(replace(world.parts, settings=settings))
    board = app.cli.commands["twilio"].context_settings["obj"]
    assert board.addresses.fallback == "https://handler.twilio.com/twiml/EH1"
    assert board.addresses.fallback_method == "GET"

"""Settings of text messages, the command that lists them, and a demo that really runs."""

import json
import socket
import stat
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace

import pytest
from flask.testing import FlaskCliRunner

from app import application
from ivr.carrier import PhoneCall
from ivr.settings import Settings
from ivr.twilio_account import Account, Failed
from ivr.twilio_rest import Rest
from tests.calling import hears, poster
from tests.conftest import World
from tests.ivr.post import open_in
from tests.outside.conftest import Installation
from tests.outside.running import RunningLine
from tests.outside.test_settings import CONNECTED, refusal
from tests.texting import MOBILE, Visitor

SECONDS = 20


@pytest.mark.parametrize("url", ["api.twilio.com", "ftp://api.twilio.com", "https://x/?y=1"])
def test_an_address_of_the_api_that_is_none_is_refused(
    installation: Installation, url: str
) -> None:
    """The message says how to write it."""
    said = refusal(installation, **CONNECTED, TWILIO_API_URL=url)
    assert "TWILIO_API_URL" in said
    assert "https://api.twilio.com" in said


@pytest.mark.parametrize("name", ["TWILIO_REGION", "TWILIO_EDGE"])
def test_a_region_that_is_none_is_refused(installation: Installation, name: str) -> None:
    """It becomes a part of a host name."""
    assert name in refusal(installation, **CONNECTED | {name: "evil.example.com/"})


@pytest.mark.parametrize("alone", [{"TWILIO_REGION": "ie1"}, {"TWILIO_EDGE": "dublin"}])
def test_a_region_without_its_edge_is_refused(
    installation: Installation, alone: dict[str, str]
) -> None:
    """Twilio has switched off api.ie1.twilio.com; the sentence says what to set."""
    assert "TWILIO_REGION and TWILIO_EDGE belong together" in refusal(
        installation, **CONNECTED, **alone
    )


@pytest.mark.parametrize(
    ("settings", "host"),
    [
        ({}, "api.twilio.com"),
        ({"twilio_region": "ie1", "twilio_edge": "dublin"}, "api.dublin.ie1.twilio.com"),
    ],
)
def test_twilio_is_asked_in_the_region_that_is_set(
    monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], host: str
) -> None:
    """And in no other, also where the environment of the library names one."""
    monkeypatch.setenv("TWILIO_EDGE", "sydney")
    given = {"twilio_account_sid": "AC1", "twilio_auth_token": "x", "public_url": "https://x.nl"}
    given |= {"twilio_region": "", "twilio_edge": ""} | settings
    found = Settings(_env_file=None, **given)  # type: ignore[arg-type,call-arg]
    account = Account.of(found)
    assert account
    with socket.create_server(("127.0.0.1", 0)) as proxy, ThreadPoolExecutor(1) as thread:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.getsockname()[1]}")
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        asked = thread.submit(first_line, proxy)
        with closing(Rest(account)) as rest, pytest.raises(Failed):
            rest.ask(lambda client: client.incoming_phone_numbers.list(limit=1))
        assert asked.result() == f"CONNECT {host}:443 HTTP/1.1"


def first_line(proxy: socket.socket) -> str:
    """What a proxy is asked for by whoever comes; it is not done."""
    connection, _ = proxy.accept()
    with connection, connection.makefile("rb") as asked:
        return asked.readline().decode().strip().replace("HTTP/1.0", "HTTP/1.1")


def test_a_token_without_its_account_is_told_by_the_check(installation: Installation) -> None:
    """Such a line answers calls and sends nothing."""
    given = {name: value for name, value in CONNECTED.items() if name != "TWILIO_ACCOUNT_SID"}
    app = application(installation.starts(**given))
    result = FlaskCliRunner(app).invoke(args=["check"])
    assert result.exit_code == 1
    assert "TWILIO_ACCOUNT_SID" in result.output


def test_the_messages_are_listed_without_words_and_numbers(worlds: World) -> None:
    """How each fares; as JSON for other programs."""
    booked = Visitor().books(worlds, later=5)
    with open_in(worlds) as office:
        office.sends_all()
    runner = FlaskCliRunner(worlds.app)
    plain = runner.invoke(args=["messages"]).output
    listed = runner.invoke(args=["messages", "--json"]).output
    first, second = json.loads(listed)
    assert (first["kind"], first["state"], first["attempts"]) == ("confirmation", "sent", 1)
    assert (second["kind"], second["state"], second["sid"]) == ("reminder", "waiting", None)
    assert first["reference"] == booked.reference
    assert first["sent_at"] == "2026-12-01T10:00:00+01:00"
    assert [line.split()[3] for line in plain.splitlines()] == ["sent", "waiting"]
    for output in (plain, listed):
        assert MOBILE[3:] not in output
        assert "Uw afspraak" not in output


def test_a_connected_line_shows_no_texts(installation: Installation) -> None:
    """They are on people's telephones, and nowhere else."""
    result = FlaskCliRunner(application(installation.starts(**CONNECTED))).invoke(
        args=["messages", "--texts"]
    )
    assert result.exit_code == 1
    assert "no texts" in result.output


def test_a_running_demo_writes_its_messages_to_a_file(running_line: RunningLine) -> None:
    """The worker starts with the line, and what is booked by telephone is told; to nobody."""
    call = running_line.flask("call", "--keys", "1111 1 h", "--from", "+31600000042")
    assert "Uw afspraak staat vast" in " ".join(call.stdout.split())
    path = running_line.folder / "instance" / "demo-messages"
    deadline = time.monotonic() + SECONDS
    while not path.exists() or "+31600000042" not in path.read_text(encoding="utf-8"):
        assert time.monotonic() < deadline, running_line.printed()
        time.sleep(0.05)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    told = running_line.flask("messages", "--texts").stdout
    assert "Uw afspraak bij de gemeente Leiderdorp staat vast." in told
    assert "Uw afspraak bij de gemeente" not in running_line.printed()
    assert "31600000042" not in running_line.printed()


@pytest.mark.parametrize(
    ("edge", "behind"), [("", ""), ("dublin", "#rc=2&rt=4000&rp=ct,rt,5xx&e=dublin")]
)
def test_turns_are_asked_from_the_edge_that_is_set(world: World, edge: str, behind: str) -> None:
    """And without one their addresses have nothing behind them."""
    parts = replace(
        world.parts, settings=world.parts.settings.model_copy(update={"twilio_edge": edge})
    )
    call = PhoneCall(poster(application(parts), parts.signature))
    call.ring()
    action = f"/voice/turns/1{behind}".replace("&", "&amp;")
    assert f'action="{action}"' in call.last_reply.body.decode()
    call.press("1")
    assert hears(call, "Waarvoor wilt u een afspraak")

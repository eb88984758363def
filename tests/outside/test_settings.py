"""A setting that is missing or wrong stops the start, with a sentence that says what to set."""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app import openid_of, pages
from ivr.loading import seconds_ahead
from ivr.settings import CannotStart
from tests.outside.conftest import Installation

ACCOUNT = "AC" + "0" * 32
HUSH = "geheim-woord-9183"
CONNECTED = {
    "TWILIO_ACCOUNT_SID": ACCOUNT,
    "TWILIO_AUTH_TOKEN": HUSH,
    "PUBLIC_URL": "https://afspraken.example.nl",
}


def refusal(installation: Installation, **settings: str) -> str:
    """Why the line does not start with these settings."""
    with pytest.raises(CannotStart) as refused:
        installation.starts(**settings)
    return refused.value.message


def test_nothing_need_be_set_for_a_demo(installation: Installation) -> None:
    """Without settings the line answers its own softphone, on this machine only."""
    parts = installation.starts()
    assert not parts.settings.is_connected
    assert parts.settings.address == "http://127.0.0.1:5000"
    assert parts.database.url.database == str(installation.folder / "instance" / "line.sqlite3")
    assert parts.signature.public_url == "http://127.0.0.1:5000"


def test_a_whole_account_connects_the_line(installation: Installation) -> None:
    """With an account, its token and the public address the line starts, without a demo token."""
    parts = installation.starts(**CONNECTED)
    assert parts.settings.is_connected
    assert parts.signature.public_url == "https://afspraken.example.nl"
    assert not (installation.folder / "instance" / "demo-token").exists()


def test_both_tokens_count_while_they_are_rotated(installation: Installation) -> None:
    """The next token is accepted beside the first."""
    parts = installation.starts(**CONNECTED | {"TWILIO_AUTH_TOKEN_NEXT": "another"})
    assert len(parts.signature.validators) == 2


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("localhost", "http://localhost:5000"),
        ("0.0.0.0", "http://127.0.0.1:5000"),  # noqa: S104  what is set in a container
        ("::", "http://127.0.0.1:5000"),
        ("::1", "http://[::1]:5000"),
    ],
)
def test_the_address_can_be_rung_whatever_the_host(
    installation: Installation, host: str, address: str
) -> None:
    """What is printed at the start is an address at which the line is reached."""
    assert installation.starts(HOST=host).settings.address == address


def test_settings_are_read_from_a_file_too(installation: Installation) -> None:
    """What stands in `.env` counts like the environment, which goes before it."""
    installation.writes(".env", "PORT=6001\nHOST=0.0.0.0\nSOMETHING_ELSE=1\n")
    assert installation.starts().settings.address == "http://127.0.0.1:6001"
    assert installation.starts(PORT="6002").settings.address == "http://127.0.0.1:6002"


def test_a_last_slash_of_the_public_address_does_not_count(installation: Installation) -> None:
    """Signatures fit, whether or not the operator wrote the slash."""
    parts = installation.starts(**CONNECTED | {"PUBLIC_URL": "https://afspraken.example.nl/"})
    assert parts.signature.public_url == "https://afspraken.example.nl"


def test_an_account_without_its_token_is_refused(installation: Installation) -> None:
    """Whoever forgets the token reads which setting it is."""
    said = refusal(installation, TWILIO_ACCOUNT_SID=ACCOUNT)
    assert said == "TWILIO_ACCOUNT_SID is set: set TWILIO_AUTH_TOKEN to its auth token"


def test_a_token_without_the_public_address_is_refused(installation: Installation) -> None:
    """Signatures cannot be checked without the address that Twilio knows."""
    said = refusal(installation, TWILIO_AUTH_TOKEN=HUSH)
    assert "set PUBLIC_URL" in said
    assert "https://afspraken.example.nl" in said


def test_the_next_token_alone_is_refused(installation: Installation) -> None:
    """A token in the wrong setting does not silently make a demo of the line."""
    said = refusal(installation, TWILIO_AUTH_TOKEN_NEXT=HUSH)
    assert "set TWILIO_AUTH_TOKEN" in said


@pytest.mark.parametrize(
    "address",
    [
        "afspraken.example.nl",
        "ftp://afspraken.example.nl",
        "https://",
        "https:/afspraken.example.nl",
        "https://afspraken.example.nl:poort",
        "https://afspraken.example.nl:99999",
        "https://[::1",
        "https://afspraken.example.nl/lijn?x=1",
        "https://afspraken.example.nl/#deel",
    ],
)
def test_a_public_address_that_is_none_is_refused(installation: Installation, address: str) -> None:
    """An address that no signature can be checked against stops the start."""
    assert "PUBLIC_URL" in refusal(installation, **CONNECTED | {"PUBLIC_URL": address})


@pytest.mark.parametrize("port", ["abc", "0", "65536", "-1"])
def test_a_port_that_is_none_is_refused(installation: Installation, port: str) -> None:
    """The message names the setting."""
    assert refusal(installation, PORT=port).startswith("PORT")


def test_every_wrong_setting_is_told_at_once(installation: Installation) -> None:
    """Two mistakes do not take two starts to find."""
    said = refusal(installation, PORT="abc", DEMO_CLOCK_AHEAD="later")
    assert {line.split()[0].rstrip(":") for line in said.splitlines()} == {
        "PORT",
        "DEMO_CLOCK_AHEAD",
    }


def test_a_connected_line_keeps_the_real_time(installation: Installation) -> None:
    """A pretended time is for the demo only."""
    assert "DEMO_CLOCK_AHEAD" in refusal(installation, **CONNECTED, DEMO_CLOCK_AHEAD="60")


def test_a_pretended_time_is_the_one_that_was_asked_for(installation: Installation) -> None:
    """Who asks for eight o'clock finds the telephone open, and not closed for one more second."""
    now = datetime.now(UTC)
    ahead = timedelta(seconds=seconds_ahead("2026-12-01 08:00", [installation.starts()], now))
    assert now + ahead >= datetime(2026, 12, 1, 7, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "url",
    ["nonsense", "sqlite://", "sqlite:///:memory:", "mysql://x@127.0.0.1/x", "oracle://x", "x://y"],
)
def test_a_database_that_cannot_keep_the_book_is_refused(
    installation: Installation, url: str
) -> None:
    """Neither nonsense, nor a book in memory, nor a database that the line does not know."""
    said = refusal(installation, DATABASE_URL=url)
    assert said.startswith("DATABASE_URL: ")
    assert said.count("DATABASE_URL") == 1


def test_another_kind_of_database_is_told_which_kinds_there_are(installation: Installation) -> None:
    """Nobody installs a driver for a database that the book cannot be kept in."""
    said = refusal(installation, DATABASE_URL="mysql://x@127.0.0.1/x")
    assert "sqlite" in said.lower()
    assert "postgresql" in said.lower()


@pytest.mark.parametrize(
    "broken",
    [
        {"PORT": "abc"},
        {"PUBLIC_URL": "nowhere"},
        {"PUBLIC_URL": ""},
        {"DEMO_CLOCK_AHEAD": "60"},
        {"MUNICIPALITY": "nothing.toml"},
        {"DATABASE_URL": f"nonsense {HUSH}"},
        {"DATABASE_URL": f"mysql://line:{HUSH}@127.0.0.1/x"},
        {"DATABASE_URL": f"postgresql://line:{HUSH}@127.0.0.1:port/x"},
        {"DATABASE_URL": f"postgresql://line:with:{HUSH}@127.0.0.1:port/x"},
        {"DATABASE_URL": f"postgresql://line:p@w:{HUSH}@127.0.0.1:1/x"},
    ],
)
def test_no_refusal_tells_a_secret(installation: Installation, broken: dict[str, str]) -> None:
    """A message ends up in logs and on screens: no token, password or key stands in it."""
    secrets = {"TWILIO_AUTH_TOKEN_NEXT": HUSH, "SECRET_KEY": HUSH}
    assert HUSH not in refusal(installation, **CONNECTED | secrets | broken)


def test_no_secret_is_printed_with_the_settings(installation: Installation) -> None:
    """Whoever prints the settings or the parts, say in a trace, prints no token."""
    secrets = {"TWILIO_AUTH_TOKEN_NEXT": HUSH, "SECRET_KEY": HUSH}
    parts = installation.starts(**CONNECTED | secrets)
    assert HUSH not in repr(parts)
    assert HUSH not in str(parts.settings)


def test_no_password_of_the_database_is_printed_with_the_settings(
    installation: Installation,
) -> None:
    """The password in DATABASE_URL is a secret like the tokens."""
    parts = installation.starts(DATABASE_URL=f"postgresql://line:{HUSH}@127.0.0.1:1/x")
    assert HUSH not in repr(parts)


def test_the_sessions_key_is_the_one_that_is_set(installation: Installation) -> None:
    """SECRET_KEY signs; without one a random key does, which all workers find in a file."""
    set_, unset = installation.starts(SECRET_KEY=HUSH), installation.starts()
    assert pages(set_).secret_key == HUSH
    key = installation.folder / "instance" / "secret-key"
    assert key.stat().st_mode & 0o777 == 0o600
    assert pages(unset).secret_key == pages(installation.starts()).secret_key
    assert pages(unset).secret_key == key.read_text(encoding="ascii")
    assert pages(installation.starts("another")).secret_key != pages(unset).secret_key


def test_a_database_folder_that_cannot_be_made_is_refused(installation: Installation) -> None:
    """A book below something that is no folder is told as a setting to mend."""
    file: Path = installation.writes("file", "")
    assert refusal(installation, DATABASE_URL=f"sqlite:///{file}/book").startswith("DATABASE_URL: ")


PROVIDER = {
    "OIDC_ISSUER": "https://inloggen.example.nl/realms/leiderdorp",
    "OIDC_CLIENT_ID": "afsprakenlijn",
    "OIDC_CLIENT_SECRET": HUSH,
}


def test_a_whole_provider_is_known(installation: Installation) -> None:
    """It is sent back to the public address; nothing is asked of it at the start."""
    public = {"PUBLIC_URL": "https://example.nl/afspraken/", "OIDC_ROLES": "KCC=agent"}
    openid = openid_of(installation.starts(**PROVIDER | public))
    assert openid
    assert openid.roles.names == {"KCC": "agent"}
    assert vars(openid.provider)["redirect_uri"] == (
        "https://example.nl/afspraken/staff/openid/return"
    )
    assert HUSH not in repr(openid)
    assert openid_of(installation.starts()) is None


def test_a_provider_needs_the_extra(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where Authlib is not installed, the sentence says how to get it."""
    monkeypatch.setitem(sys.modules, "web.openid_client", None)
    assert "uv run --extra oidc app.py" in refusal(installation, **PROVIDER)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"OIDC_ISSUER": ""}, "set OIDC_ISSUER too"),
        ({"OIDC_CLIENT_ID": ""}, "set OIDC_CLIENT_ID too"),
        ({"OIDC_CLIENT_SECRET": ""}, "set OIDC_CLIENT_SECRET too"),
        ({"OIDC_ISSUER": "http://inloggen.example.nl"}, "write it as https://"),
        ({"OIDC_ISSUER": "inloggen.example.nl"}, "write it as https://"),
        ({"OIDC_ROLES": "KCC=mayor"}, "OIDC_ROLES: 'KCC=mayor' is no role"),
        (dict.fromkeys(PROVIDER, "") | {"OIDC_ONLY": "1"}, "OIDC_CLIENT_ID and OIDC_CLIENT_SECRET"),
    ],
)
def test_half_a_provider_is_refused(
    installation: Installation, change: dict[str, str], told: str
) -> None:
    """All three, or none; the secret is told nobody."""
    why = refusal(installation, **PROVIDER | change)
    assert told in why
    assert HUSH not in why

"""Several municipalities are started together, or a sentence says what is in the way."""

import hashlib
import hmac
from collections.abc import Iterator
from pathlib import Path

import pytest

from app import application, installed, pages
from ivr.command_line import switchboard
from ivr.kept_secret import own_secret
from ivr.parts import Parts
from ivr.settings import CannotStart
from ivr.starting import prepare_each
from tests.outside.conftest import Installation
from tests.tenants import LINES, katwijk, write

URL = "https://afspraken.example.nl"
CONNECTED = {"PUBLIC_URL": URL, "TWILIO_AUTH_TOKEN": "the-common-token"}
BOTH = ("katwijk", "leiderdorp")
HUSH = "nobody-may-read-this"


class Several:
    """An empty installation, and a folder with both municipalities."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        self.folder = write(installation.folder / "municipalities")
        self.open: list[Parts] = []

    def own(self, name: str, text: str) -> None:
        """Sets something for one of them."""
        (self.folder / name / "settings.env").write_text(text, encoding="utf-8")

    def change(self, name: str, old: str, new: str) -> int:
        """Writes something else in a municipality's file; its line."""
        path = self.folder / name / "municipality.toml"
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")
        return text[: text.index(old)].count("\n") + 1

    def start(self, **settings: str) -> dict[str, Parts]:
        """The parts of each; raises CannotStart."""
        self.installation.starts()  # leaves nothing set
        for name, value in ({"MUNICIPALITIES": str(self.folder)} | settings).items():
            self.installation.environment.setenv(name, value)
        found = installed(self.installation.folder / "instance")
        self.open += found
        return {parts.name: parts for parts in found}

    def refusal(self, **settings: str) -> str:
        """Why they do not start."""
        with pytest.raises(CannotStart) as error:
            self.start(**settings)
        assert HUSH not in error.value.message
        return error.value.message


@pytest.fixture
def several(installation: Installation) -> Iterator[Several]:
    """Both municipalities, which were never started."""
    found = Several(installation)
    yield found
    for parts in found.open:
        parts.database.close()


def test_each_has_an_address_a_book_and_secrets_of_its_own(several: Several) -> None:
    """Also where nothing is set but what is common."""
    every = several.start(**CONNECTED, SECRET_KEY=HUSH)
    for name, parts in every.items():
        assert parts.signature.public_url == f"{URL}/{name}"
        book = several.installation.folder / "instance" / name / "line.sqlite3"
        assert parts.database.place == str(book)
    keys = {pages(parts).secret_key for parts in every.values()}
    handovers = {parts.handover_secret for parts in every.values()}
    assert len(keys) == len(handovers) == 2
    assert HUSH not in keys | handovers


@pytest.mark.parametrize("common", [{}, {"SECRET_KEY": HUSH}, CONNECTED])
def test_no_two_have_the_same_secret(several: Several, common: dict[str, str]) -> None:
    """Whether it is random, common, or made of the auth token that both have."""
    every = several.start(**common).values()
    for secrets in (
        [parts.secret_key for parts in every],
        [parts.handover_secret for parts in every],
        [pages(parts).config["SESSION_COOKIE_NAME"] for parts in every],
    ):
        assert len(set(secrets)) == 2


def test_a_key_that_was_copied_is_not_the_same_at_two(several: Several) -> None:
    """Who copies a settings.env with its SECRET_KEY opens nothing to the other."""
    for name in BOTH:
        several.own(name, f"SECRET_KEY={HUSH}\n")
    every = several.start().values()
    assert len({parts.secret_key for parts in every}) == 2


def test_the_key_of_one_is_an_hmac_of_the_common_one() -> None:
    """The same on every machine of an installation, and no way back to the common one."""
    right = hmac.new(b"common", b"municipality leiderdorp", hashlib.sha256).hexdigest()
    assert own_secret("common", "leiderdorp") == right
    assert own_secret("", "leiderdorp") == ""


def test_twilio_is_told_the_address_of_each(several: Several) -> None:
    """`flask twilio connect` sets the numbers of one to what is below its name."""
    for name, parts in several.start(**CONNECTED).items():
        board = switchboard(parts)
        assert board.addresses.voice.startswith(f"{URL}/{name}/voice#")
        assert board.addresses.messages == f"{URL}/{name}/messages"
        assert board.line == LINES[name]


def test_without_an_account_each_has_a_token_of_its_own(several: Several) -> None:
    """A softphone of one rings nobody else."""
    tokens = {parts.signature.tokens for parts in several.start().values()}
    assert len(tokens) == 2


def test_what_is_set_for_one_outranks_what_is_common(several: Several) -> None:
    """Its own account with both tokens, and nothing of the common one beside it."""
    several.own("katwijk", "TWILIO_ACCOUNT_SID=AC2\nTWILIO_AUTH_TOKEN=its-own\n")
    every = several.start(
        **CONNECTED,
        TWILIO_ACCOUNT_SID="AC1",
        TWILIO_AUTH_TOKEN_NEXT="the-next-common-token",  # noqa: S106  of no account
    )
    assert every["leiderdorp"].signature.tokens == ("the-common-token", "the-next-common-token")
    assert every["katwijk"].signature.tokens == ("its-own",)
    assert every["katwijk"].settings.twilio_account_sid == "AC2"


def test_one_can_be_connected_while_another_is_a_demo(several: Several) -> None:
    """No half of an account is made up of two."""
    several.own("katwijk", "TWILIO_ACCOUNT_SID=AC2\nTWILIO_AUTH_TOKEN=its-own\n")
    every = several.start(PUBLIC_URL=URL)
    assert [every[name].settings.can_send for name in ("katwijk", "leiderdorp")] == [True, False]


def test_secrets_in_files_have_the_name_in_front(several: Several, tmp_path: Path) -> None:
    """By systemd's LoadCredential: `katwijk.twilio_auth_token` is nobody else's."""
    folder = tmp_path / "credentials"
    folder.mkdir()
    (folder / "katwijk.twilio_auth_token").write_text("its-own\n", encoding="ascii")
    every = several.start(**CONNECTED, CREDENTIALS_DIRECTORY=str(folder))
    assert every["katwijk"].signature.tokens == ("its-own",)
    assert every["leiderdorp"].signature.tokens == ("the-common-token",)


def test_the_name_is_filled_in_where_a_common_setting_has_a_place_for_it(several: Several) -> None:
    """A database of its own for each, on one server, and a document of its own for the fallback."""
    every = several.start(
        **CONNECTED,
        DATABASE_URL="postgresql://line@127.0.0.1:1/afspraken_{municipality}",
        FALLBACK_URL="https://static.example.nl/{municipality}.xml",
    )
    assert every["katwijk"].database.url.database == "afspraken_katwijk"
    assert every["leiderdorp"].database.url.database == "afspraken_leiderdorp"
    assert every["katwijk"].settings.fallback_url == "https://static.example.nl/katwijk.xml"


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"DATABASE_URL": "sqlite:///book.sqlite3"}, "DATABASE_URL is one for all municipalities"),
        ({"FALLBACK_URL": "https://x.example.nl/x.xml"}, "FALLBACK_URL is one for all"),
        ({"OIDC_ISSUER": "https://i.example.nl", "OIDC_CLIENT_ID": "x", "OIDC_CLIENT_SECRET": "x"},
         "OIDC_ISSUER is set for all municipalities"),
        ({"MUNICIPALITIES": "nowhere"}, "MUNICIPALITIES: "),
        ({"PUBLIC_URL": "https://example.nl/katwijk"}, "PUBLIC_URL has the name of katwijk"),
    ],
)  # fmt: skip
def test_what_would_lead_from_one_to_another_is_not_set_for_all(
    several: Several, settings: dict[str, str], told: str
) -> None:
    """The sentence says where to write it instead."""
    assert told in several.refusal(**settings)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("PORT=5001\n", "PORT is for all municipalities, and not for one"),
        ("TWILIO_AUT_TOKEN=x\n", "TWILIO_AUT_TOKEN is unknown; set here: DATABASE_URL"),
        ("PUBLIC_URL=https://x.nl\n", "PUBLIC_URL is for all"),
        (f"TWILIO_AUTH_TOKEN_NEXT={HUSH}\n", "set TWILIO_AUTH_TOKEN too"),
        (f"DATABASE_URL=mysql://x:{HUSH}@y/z\n", "katwijk: DATABASE_URL: mysql is not known"),
    ],
)
def test_what_is_wrong_in_the_settings_of_one_is_told_with_its_place(
    several: Several, text: str, told: str
) -> None:
    """And no secret with it."""
    several.own("katwijk", text)
    why = several.refusal()
    assert told in why
    assert "katwijk" in why
    assert "leiderdorp" not in why


def test_two_with_the_same_book_do_not_start(several: Several) -> None:
    """However the address is written."""
    for name, path in zip(BOTH, ("book.sqlite3", "./folder/../book.sqlite3"), strict=True):
        several.own(name, f"DATABASE_URL=sqlite:///{path}\n")
    assert "leiderdorp: DATABASE_URL is that of katwijk" in several.refusal()
    for name, user in zip(BOTH, ("a:1", "b:2"), strict=True):
        several.own(name, f"DATABASE_URL=postgresql://{user}@db.example.nl/book\n")
    assert "leiderdorp: DATABASE_URL is that of katwijk" in several.refusal()


@pytest.mark.parametrize("old", [LINES["katwijk"], "+31714061002", "+3197010240600"])
def test_two_with_the_same_number_do_not_start(several: Several, old: str) -> None:
    """The sentence has both files with their lines."""
    line = several.change("katwijk", f'"{old}"', f'"{LINES["leiderdorp"]}"')
    why = several.refusal()
    assert f"katwijk/municipality.toml:{line}; a number is of one" in why
    assert "leiderdorp/municipality.toml:" in why
    assert f"telephone.number {LINES['leiderdorp']} is also at" in why


def test_nobodys_agents_are_the_line_of_another(several: Several) -> None:
    """A caller who asks for an employee would come into another menu."""
    line = several.change("katwijk", '"+31714061001"', f'"{LINES["leiderdorp"]}"')
    why = several.refusal()
    assert f"katwijk/municipality.toml:{line}: telephone.agents" in why
    assert "the line of leiderdorp" in why


def test_everything_that_is_wrong_anywhere_is_told_at_once(several: Several) -> None:
    """Nobody starts a second time to read of the second file."""
    first = several.change("katwijk", 'zone = "Europe/Amsterdam"', 'zone = "Europe/Katwijk"')
    second = several.change("leiderdorp", "grid_minutes = 10", "grid_minutes = 7")
    why = several.refusal()
    assert f"katwijk/municipality.toml:{first}: zone" in why
    assert f"leiderdorp/municipality.toml:{second}: grid_minutes" in why


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Leiden", "lower-case letters, digits and hyphens"),
        ("den haag", "lower-case letters, digits and hyphens"),
        ("-x", "lower-case letters, digits and hyphens"),
        ("voice", "voice is a path of the line itself"),
        ("leiden", "there is no municipality.toml in it"),
    ],
)
def test_a_folder_that_is_no_municipality_is_told(several: Several, name: str, told: str) -> None:
    """By its name."""
    (several.folder / name).mkdir()
    if name != "leiden":
        (several.folder / name / "municipality.toml").write_text(katwijk(), encoding="utf-8")
    why = several.refusal()
    assert told in why
    assert name in why


def test_an_empty_folder_is_told(several: Several, tmp_path: Path) -> None:
    """With what belongs there."""
    (tmp_path / "none").mkdir()
    why = several.refusal(MUNICIPALITIES=str(tmp_path / "none"))
    assert "NAME/municipality.toml" in why


def test_two_books_that_were_mixed_up_are_opened_by_nobody(several: Several) -> None:
    """Both addresses are good, and each leads to the book of the other: the start says so."""
    for parts in several.start().values():
        prepare(parts)
    instance = several.installation.folder / "instance"
    for name, other in zip(BOTH, BOTH[::-1], strict=True):
        several.own(name, f"DATABASE_URL=sqlite:///{instance / other}/line.sqlite3\n")
    every = several.start()
    for parts in every.values():
        with pytest.raises(CannotStart, match="the book is that of"):
            prepare(parts)
    answer = application(every["katwijk"]).test_client().get("/ready")
    reason = "the book is that of leiderdorp, and not of katwijk"
    assert (answer.status_code, answer.json) == (503, {"status": "not ready", "reason": reason})


def test_the_commands_of_one_are_not_those_of_another(several: Several) -> None:
    """Two applications in one process: a command of the first prints nothing of the second."""
    every = several.start(**CONNECTED)
    apps = {name: application(parts) for name, parts in every.items()}
    for name, app in apps.items():
        prepare(every[name])
        service = {"katwijk": "fishing", "leiderdorp": "extract"}[name]
        done = app.test_cli_runner().invoke(args=["openings", service, "--count", "1"])
        assert done.exit_code == 0, done.output


def test_the_start_ends_where_a_book_is_anothers(several: Several) -> None:
    """Although another municipality could be answered: this is no outage, and would not end."""
    every = several.start()
    for parts in every.values():
        prepare(parts)
    book = several.installation.folder / "instance" / "leiderdorp" / "line.sqlite3"
    several.own("katwijk", f"DATABASE_URL=sqlite:///{book}\n")
    (several.folder / "leiderdorp").rename(several.folder / "leiden")
    every = several.start()
    both = [(name, each.database, each.calendar, each.clock()) for name, each in every.items()]
    with pytest.raises(CannotStart, match="katwijk: DATABASE_URL: the book is that of leiderdorp"):
        prepare_each(both)


def prepare(parts: Parts) -> None:
    """What is done before the line answers."""
    every = [(parts.name, parts.database, parts.calendar, parts.clock())]
    prepare_each(every)

"""No secret of an installation is seen by others: in process lists, logs, pages or errors."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app import application
from ivr.settings import Settings
from ivr.signature import Signature
from scheduling.database import Database
from tests.calling import PASSPORT, poster, press_all
from tests.conftest import World
from tests.outside.running import RunningLine
from tests.outside.test_health import NOBODY_LISTENS
from tests.outside.test_logs import told
from tests.postgres import Server

SECRETS = {
    "TWILIO_AUTH_TOKEN": "hush-token-1111",
    "TWILIO_AUTH_TOKEN_NEXT": "hush-token-2222",
    "SECRET_KEY": "hush-key-3333",
    "OIDC_CLIENT_SECRET": "hush-oidc-4444",
}
PASSWORD = "hush-database-5555"  # noqa: S105  of a server that trusts everybody on this machine
PATHS = ("/ready", "/health", "/metrics", "/voice", "/nowhere", "/agent", "/staff/sign-in")


class ConnectedLine(RunningLine):
    """A line with every secret that there is, and nobody behind any of them."""

    arguments = ()
    database = ""

    @property
    def environment(self) -> dict[str, str]:
        """The settings of a real installation."""
        demo = super().environment
        del demo["DEMO_CLOCK_AHEAD"]
        return demo | {
            **SECRETS,
            "DATABASE_URL": self.database,
            "PUBLIC_URL": "https://afspraken.example.nl",
            "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
            "TWILIO_API_URL": "http://127.0.0.1:9",
            "OIDC_ISSUER": "http://127.0.0.1:9",
            "OIDC_CLIENT_ID": "afsprakenlijn",
        }


@pytest.fixture
def line(tmp_path: Path, postgresql: Server) -> Iterator[ConnectedLine]:
    """A connected line that answers, with a password in the address of its database."""
    found = ConnectedLine(tmp_path)
    name = postgresql.create()
    url = postgresql.url(name)
    found.database = url.replace("postgres@", f"postgres:{PASSWORD}@", 1)
    assert PASSWORD in found.database
    found.start()
    yield found
    found.stop()
    postgresql.drop(name)


def command_lines() -> str:
    """What `ps` shows everybody: how each process on this machine was started."""
    found = []
    for each in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            found.append(each.read_bytes().replace(b"\0", b" ").decode(errors="replace"))
        except OSError:  # it has ended meanwhile
            continue
    return "\n".join(found)


def test_a_running_line_keeps_its_secrets(line: ConnectedLine) -> None:
    """Nothing in the process list, in what it prints, in pages and errors, or in `flask check`."""
    pages = "".join(line.get(path)[1] for path in PATHS)
    checked = line.flask("check")
    listed = command_lines()
    assert "app.py" in listed
    seen = listed + line.printed() + pages + checked.stdout + checked.stderr
    assert [secret for secret in (*SECRETS.values(), PASSWORD) if secret in seen] == []


def test_a_database_that_is_away_keeps_its_password(tmp_path: Path) -> None:
    """The sentence that says so names the setting, and not what is in it."""
    line = ConnectedLine(tmp_path)
    line.database = f"postgresql://line:{PASSWORD}@127.0.0.1:9/line"
    stopped = line.runs("app.py")
    assert stopped.returncode != 0
    assert "DATABASE_URL" in stopped.stderr
    seen = stopped.stdout + stopped.stderr
    assert [secret for secret in (*SECRETS.values(), PASSWORD) if secret in seen] == []


@pytest.mark.parametrize("away", [False, True], ids=["all is well", "the database is away"])
def test_no_secret_is_logged_in_whatever_detail(
    world: World, caplog: pytest.LogCaptureFixture, *, away: bool
) -> None:
    """At DEBUG, of whatever library: a call, its pages, and what goes wrong."""
    caplog.set_level(logging.DEBUG)
    settings = Settings(
        _env_file=None,  # type: ignore[call-arg]
        secret_key=SECRETS["SECRET_KEY"],  # type: ignore[arg-type]
        oidc_issuer="http://127.0.0.1:9",
        oidc_client_id="afsprakenlijn",
        oidc_client_secret=SECRETS["OIDC_CLIENT_SECRET"],  # type: ignore[arg-type]
    )
    tokens = (SECRETS["TWILIO_AUTH_TOKEN"], SECRETS["TWILIO_AUTH_TOKEN_NEXT"])
    nobody = Database(NOBODY_LISTENS)
    parts = replace(
        world.parts,
        settings=settings,
        signature=Signature.of("https://afspraken.example.nl", tokens),
        secret_key=SECRETS["SECRET_KEY"],
        database=nobody if away else world.database,
    )
    app = application(parts)
    call = replace(world, parts=parts, app=app).rings()
    if not away:
        press_all(call, PASSPORT + "1")
    pages = "".join(app.test_client().get(path).text for path in PATHS)
    poster(app, Signature.of("https://other.example.nl", tokens))("/voice", {"CallSid": "CA1"})
    nobody.close()
    seen = "\n".join([pages, *told(caplog), repr(parts), str(settings)])
    assert [secret for secret in SECRETS.values() if secret in seen] == []
    assert PASSWORD not in seen

"""Joins the parts; the only reader of environment and clock. `python app.py` answers the line."""

import gc

gc.disable()  # nothing that is being loaded is garbage; looking for it takes a fifth of the start

import argparse
import os
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click
from flask import Flask
from pydantic import ValidationError

from ivr import handover_tokens, loading, metrics, starting, tenants
from ivr.calendar_file import calendar_file
from ivr.endings import Endings
from ivr.health import health
from ivr.inbox import Inbox
from ivr.line import Line
from ivr.listening import handed_over
from ivr.logs import log_as_json
from ivr.messages import messages
from ivr.numbers_dialled import Entrance
from ivr.parts import Parts
from ivr.refusals import MOST_BYTES, refuse_silently
from ivr.settings import CannotStart, Settings, explained
from ivr.speaker import Speaker
from ivr.twiml import Writer
from ivr.webhooks import Door, voice
from ivr.whisper import Whisper
from web.beside import Beside
from web.headers import add_headers
from web.prefix import Below

if TYPE_CHECKING:
    from web.openid import OpenID

gc.freeze()
gc.enable()

DOORS = frozenset({"voice", "messages", "appointments", "health", "ready", "metrics"})
"""The first words of the paths that are not pages."""

COUNTED_IN = "PROMETHEUS_MULTIPROC_DIR"
"""Tells prometheus_client where several processes count together."""

_started_with: list[Parts] = []
"""What the process that starts the workers has read; each of them has it from there.

So all of them answer alike, also one that takes the place of a dead one after a file was changed.
"""


def create_app() -> Flask:
    """The application, for `flask`: it answers nothing by itself; raises CannotStart."""
    from ivr import command_line  # noqa: PLC0415  only a terminal needs it

    log_as_json()
    settings = _settings()
    name = tenants.chosen(settings)
    if settings.municipalities and not name:
        return command_line.commands_of_all(settings, partial(installed, _instance()))
    (parts,) = installed(_instance(), name)
    return application(parts)


def create_serving_app() -> Flask | Entrance:
    """The application, for the server: it also does the chores; raises CannotStart."""
    log_as_json()
    every = [each.of_this_process() for each in _started_with] or installed(_instance())
    for parts in every:
        parts.database.hurry()
    app = entrance(every) if every[0].tenant else application(every[0], with_commands=False)
    keep_loaded()
    later = threading.Timer(1, begin_the_rest, (every,))
    later.daemon = True
    later.start()
    return app


def begin_the_rest(every: list[Parts]) -> None:
    """What nobody who rings a line that starts should wait for: its chores, and the pages."""
    from ivr import chores  # noqa: PLC0415  nor for the code of either
    from ivr.server import Server  # noqa: PLC0415  loaded by now

    for parts in every:
        chores.start_all(parts, goes_on=Server.has_lived)
    import web.staff_pages  # noqa: F401, PLC0415  the first employee does not wait for it

    gc.freeze()


def keep_loaded() -> None:
    """What is loaded by now lives as long as the process: the garbage collector passes by it.

    To look through it again and again takes 25 ms each time, of some caller's turn.
    """
    gc.collect()
    gc.freeze()


def application(parts: Parts, *, with_commands: bool = True) -> Flask:
    """The telephone's application made of these parts, with the pages beside it.

    A server needs no commands, and starts without them.
    """
    app = Flask("app", static_folder=None)
    prefix = urlsplit(parts.signature.public_url).path
    writer = Writer(Speaker(parts.calendar), prefix, parts.addresses.of_turns)
    line = Line(parts.database, parts.calendar, writer)
    whisper = Whisper(parts.database, writer, parts.calendar.municipality.languages[0])
    app.extensions["telephone"] = Door(
        line,
        parts.signature,
        parts.clock,
        parts.handover_secret,
        whisper,
        Endings(lambda event: line.end(event, parts.clock())),
    )
    app.extensions["counted_in"] = folder = os.environ.get(COUNTED_IN)
    metrics.begin(folder)
    app.extensions["inbox"] = Inbox(parts.database, parts.texts)
    for blueprint in (voice, messages, calendar_file, health):
        app.register_blueprint(blueprint)
    add_headers(app, secure=parts.is_secure)
    refuse_silently(app)
    if with_commands:
        _add_commands(app, parts)
    beside = Beside(DOORS, app.wsgi_app, partial(pages, parts))
    app.extensions["beside"] = beside
    app.wsgi_app = Below(prefix, beside) if prefix else beside  # type: ignore[method-assign]
    return app


def pages(parts: Parts) -> Flask:
    """The employees' pages, in the same book."""
    from ivr.live import live_calls  # noqa: PLC0415  who rings comes first
    from web.back_office import BackOffice  # noqa: PLC0415  the same
    from web.staff_pages import staff_pages  # noqa: PLC0415  the same

    speaker = Speaker(parts.calendar)
    office = BackOffice(
        parts.database,
        parts.calendar,
        parts.clock,
        partial(live_calls, parts.database, speaker),
        parts.back_into_flow,
        partial(handover_tokens.token, secret=parts.handover_secret),
        openid_of(parts),
    )
    return staff_pages(
        office,
        parts.secret_key,
        most_bytes=MOST_BYTES,
        secure=parts.is_secure,
        name=parts.name,
    )


def _add_commands(app: Flask, parts: Parts) -> None:
    from ivr.command_line import add_commands  # noqa: PLC0415  only a terminal needs it
    from web.commands import COMMANDS  # noqa: PLC0415  the same

    add_commands(app, parts, COMMANDS)


def entrance(every: list[Parts]) -> Entrance:
    """The applications of several municipalities, and the address that they share."""
    whose = tenants.claims({parts.name: parts.file for parts in every})
    shared_url = every[0].tenant.shared_url if every[0].tenant else ""
    return Entrance(
        shared_url, {parts.name: application(parts, with_commands=False) for parts in every}, whose
    )


def installed(instance: Path, name: str = "", settings: Settings | None = None) -> list[Parts]:
    """The parts of the municipality, or of each of several, or of one by its name.

    The settings are read where they are not given. Raises CannotStart with all that is wrong with
    any of them.
    """
    credentials = os.environ.get("CREDENTIALS_DIRECTORY")
    folder = Path(credentials) if credentials else None
    every = loading.installed(settings or _settings(), instance, _now, folder, name)
    for parts in every:
        openid_of(parts)
    return every


def openid_of(parts: Parts) -> "OpenID | None":
    """The municipality's provider, where it has one; raises CannotStart.

    Nothing is asked of it before somebody signs in.
    """
    settings = parts.settings
    if not settings.oidc_issuer:
        return None
    from web.openid import RETURN, OpenID, RoleClaim  # noqa: PLC0415  few have one

    try:
        roles = RoleClaim.of(settings.oidc_role_claim, settings.oidc_roles)
    except ValueError as error:
        raise CannotStart(f"OIDC_ROLES: {error}") from error
    try:
        from web.openid_client import MunicipalProvider  # noqa: PLC0415  an extra, and 0.3 s
    except ImportError as error:
        why = "OIDC_ISSUER is set: install what it needs, as uv run --extra oidc app.py"
        raise CannotStart(f"{why} ({error})") from error
    secret = settings.oidc_client_secret.get_secret_value()
    redirect_uri = f"{parts.signature.public_url}{RETURN}"
    provider = MunicipalProvider(
        settings.oidc_issuer, settings.oidc_client_id, secret, redirect_uri
    )
    return OpenID(provider, roles, settings.oidc_only)


def _now() -> datetime:
    return datetime.now(UTC)


def _instance() -> Path:
    """Where this installation keeps its files: systemd's folder, or `instance/` in a checkout."""
    return Path(os.environ.get("STATE_DIRECTORY") or Flask("app").instance_path)


def _settings() -> Settings:
    try:
        return Settings(_secrets_dir=os.environ.get("CREDENTIALS_DIRECTORY"))  # type: ignore[call-arg]
    except ValidationError as error:
        raise CannotStart(explained(error)) from None


def main() -> None:
    """Answers the line until it is stopped."""
    options = _options()
    try:
        if options.at:
            ahead = loading.seconds_ahead(options.at, installed(_instance()), _now())
            os.environ["DEMO_CLOCK_AHEAD"] = str(ahead)
        settings = _settings()
        tenants.check_all_are_meant(settings)
        every = installed(_instance(), settings=settings)
        settings = every[0].settings
        listener = handed_over(os.environ, os.getpid())
        if listener is None:
            starting.check_port(settings.host, settings.port)
        starting.prepare_each(
            [(parts.name, parts.database, parts.calendar, parts.clock()) for parts in every]
        )
    except click.ClickException as error:
        error.show()
        raise SystemExit(error.exit_code) from error
    towns = {parts.name: parts.calendar for parts in every}
    starting.print_welcome(settings, towns, every[0].clock())
    import app  # noqa: PLC0415  as which each worker knows this module

    app._started_with = every  # noqa: SLF001  its own
    for parts in every:
        parts.database.close()  # each worker opens its own, and must not inherit this one
    from ivr.server import serve  # noqa: PLC0415  only the one process that serves needs it

    with counting():
        serve("app:create_serving_app", settings.host, settings.port, options.workers, listener)


@contextmanager
def counting() -> Iterator[None]:
    """Gives the workers a folder in which they count together, from nothing at each start."""
    with tempfile.TemporaryDirectory(prefix="appointment-line-") as folder:
        os.environ[COUNTED_IN] = folder
        yield


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Answers the appointment line.")
    parser.add_argument("--workers", type=int, default=1, help="processes (default: 1)")
    parser.add_argument(
        "--at",
        metavar="TIME",
        help='demo only: pretend that it is this local time now, such as "2026-12-01 10:00"',
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()

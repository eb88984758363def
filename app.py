"""Joins the parts; the only reader of environment and clock. `python app.py` answers the line."""

import gc

gc.disable()  # nothing that is being loaded is garbage; looking for it takes a fifth of the start

import argparse
import copy
import logging
import math
import os
import secrets
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click
from flask import Flask
from pydantic import ValidationError

from ivr import chores, handover_tokens, metrics, starting, tenants
from ivr.addresses import Addresses
from ivr.back_into_flow import BackIntoFlow
from ivr.calendar_file import calendar_file
from ivr.demo_messages import DemoMessages
from ivr.forgetter import Forgetter
from ivr.gateway import Gateway, connected
from ivr.health import health
from ivr.inbox import Inbox
from ivr.kept_secret import kept_secret, own_secret
from ivr.line import Line
from ivr.listening import handed_over
from ivr.live import live_calls
from ivr.logs import MUNICIPALITY, log_as_json
from ivr.messages import messages
from ivr.numbers_dialled import Entrance
from ivr.refusals import refuse_silently
from ivr.sender import Sender
from ivr.settings import CannotStart, Settings, explained
from ivr.signature import Signature
from ivr.speaker import Speaker
from ivr.tenants import Tenant
from ivr.texts import Texts
from ivr.twilio_account import Account
from ivr.twiml import Writer
from ivr.voices import mistakes
from ivr.webhooks import Door, voice
from ivr.whisper import Whisper
from prompts.catalogue import broken_files, differences
from scheduling.calendar import Calendar
from scheduling.database import Database
from scheduling.municipality_file import BrokenFile, MunicipalityFile, read
from web.agent_page import agent
from web.back_office import BackOffice
from web.openid import OpenID, RoleClaim
from web.openid_pages import RETURN, openid_pages
from web.prefix import Below
from web.security import protect
from web.signing_in import signing_in

if TYPE_CHECKING:
    from ivr.commands import Telephone
    from ivr.twilio_commands import Switchboard

gc.freeze()
gc.enable()

COUNTED_IN = "PROMETHEUS_MULTIPROC_DIR"
"""Tells prometheus_client where several processes count together."""


@dataclass(frozen=True)
class Parts:
    """Everything that is needed to answer, or to run a command."""

    settings: Settings
    file: MunicipalityFile
    calendar: Calendar
    database: Database
    signature: Signature
    clock: Callable[[], datetime]
    instance: Path = Path("instance")
    secret_key: str = field(default_factory=lambda: secrets.token_hex(32), repr=False)
    openid: OpenID | None = None
    tenant: Tenant | None = None
    """Which of several municipalities it is; None where there is one."""

    @property
    def name(self) -> str:
        """The name of a municipality of several."""
        return self.tenant.name if self.tenant else ""

    @property
    def texts(self) -> Texts:
        """What text messages say."""
        return Texts(self.calendar, self.signature.public_url)

    @property
    def demo_messages(self) -> DemoMessages:
        """Where text messages go without an account."""
        return DemoMessages(self.instance / "demo-messages", self.clock)


def create_app() -> Flask:
    """The application, for `flask`: it answers nothing by itself; raises CannotStart."""
    log_as_json()
    settings = _settings()
    name = tenants.chosen(settings)
    if settings.municipalities and not name:
        return commands_of_all(settings)
    (parts,) = installed(_instance(), name)
    return application(parts)


def create_serving_app() -> Flask | Entrance:
    """The application, for the server: it also does the chores; raises CannotStart."""
    log_as_json()
    every = installed(_instance())
    for parts in every:
        parts.database.hurry()
        if parts.settings.lacks_account:
            logging.getLogger("ivr.sender").error("no message is sent: set TWILIO_ACCOUNT_SID")
        else:
            chores.start("sender", partial(_sender, parts))
        chores.start("forgetter", partial(_forgetter, parts))
    app = entrance(every) if every[0].tenant else application(every[0], with_commands=False)
    keep_loaded()
    return app


def keep_loaded() -> None:
    """What is loaded by now lives as long as the process: the garbage collector passes by it.

    To look through it again and again takes 25 ms each time, of some caller's turn.
    """
    gc.collect()
    gc.freeze()


def application(parts: Parts, *, with_commands: bool = True) -> Flask:
    """The application made of these parts; a server needs no commands, and starts without them."""
    app = Flask("app")
    app.secret_key = parts.secret_key
    prefix = urlsplit(parts.signature.public_url).path
    writer = Writer(Speaker(parts.calendar), prefix, addresses(parts).of_turns)
    line = Line(parts.database, parts.calendar, writer)
    whisper = Whisper(parts.database, writer, parts.calendar.municipality.languages[0])
    app.extensions["telephone"] = Door(
        line, parts.signature, parts.clock, handover_secret(parts), whisper
    )
    app.extensions["counted_in"] = folder = os.environ.get(COUNTED_IN)
    metrics.begin(folder)
    app.extensions["inbox"] = Inbox(parts.database, parts.texts)
    app.extensions["back_office"] = BackOffice(
        parts.database,
        parts.calendar,
        parts.clock,
        partial(live_calls, parts.database, writer.speaker),
        back_into_flow(parts),
        partial(handover_tokens.token, secret=handover_secret(parts)),
        parts.openid,
    )
    is_secure = parts.settings.public_url.startswith("https://")
    forgery = protect(app, secure=is_secure, name=parts.name)
    for blueprint in (voice, messages, calendar_file, health):
        forgery.exempt(blueprint)  # no forms of a browser: Twilio's are signed, the others read
        app.register_blueprint(blueprint)
    for blueprint in (signing_in, openid_pages, agent):
        app.register_blueprint(blueprint)
    refuse_silently(app)
    if with_commands:
        _add_commands(app, parts)
    if prefix:
        app.wsgi_app = Below(prefix, app.wsgi_app)  # type: ignore[method-assign]
    return app


def handover_secret(parts: Parts) -> str:
    """What signs handovers: SECRET_KEY, or else the auth token, the same in every process."""
    token = parts.signature.tokens[0]
    of_token = own_secret(token, parts.name) if parts.tenant else token
    return parts.settings.secret_key.get_secret_value() or of_token


def addresses(parts: Parts) -> Addresses:
    """Where Twilio reaches the line, and how."""
    settings = parts.settings
    return Addresses(parts.signature.public_url, settings.fallback_url, settings.twilio_edge)


def back_into_flow(parts: Parts) -> BackIntoFlow:
    """What sends callers back who talk with an agent."""
    return BackIntoFlow(
        parts.database,
        Account.of(parts.settings),
        addresses(parts),
        handover_secret(parts),
        parts.clock,
    )


def entrance(every: list[Parts]) -> Entrance:
    """The applications of several municipalities, and the address that they share."""
    whose = tenants.claims({parts.name: parts.file for parts in every})
    shared_url = every[0].tenant.shared_url if every[0].tenant else ""
    return Entrance(
        shared_url, {parts.name: application(parts, with_commands=False) for parts in every}, whose
    )


def installed(instance: Path, name: str = "") -> list[Parts]:
    """The parts of the municipality, or of each of several, or of one by its name.

    Raises CannotStart with all that is wrong with any of them.
    """
    settings = _settings()
    if settings.municipalities is None:
        return [load(instance)]
    credentials = os.environ.get("CREDENTIALS_DIRECTORY")
    every = tenants.tenants(settings, Path(credentials) if credentials else None, name)
    found, faults = [], []
    for tenant in every:
        try:
            found.append(_load(tenant.settings, instance / tenant.name, tenant))
        except CannotStart as error:
            faults += error.message.splitlines()
    faults = [*dict.fromkeys(faults), *tenants.shared_books({p.name: p.database for p in found})]
    if faults:
        raise CannotStart("\n".join(faults))
    tenants.claims({parts.name: parts.file for parts in found})
    return found


def load(instance: Path) -> Parts:
    """Reads settings and files and puts the parts together; raises CannotStart."""
    return _load(_settings(), instance)


def _load(settings: Settings, instance: Path, tenant: Tenant | None = None) -> Parts:
    file = _municipality(settings)
    url = settings.database_url or f"sqlite:///{instance / 'line.sqlite3'}"
    tokens = _tokens(settings, instance)
    try:
        database = _database(url, tenant)
    except Exception as error:
        whose = f"{tenant.name}: " if tenant else ""
        raise CannotStart(f"{whose}DATABASE_URL: {error}") from error
    ahead = timedelta(seconds=settings.demo_clock_ahead)
    address = f"{settings.address}/{tenant.name}" if tenant else settings.address
    public_url = (settings.public_url or address).rstrip("/")
    return Parts(
        settings,
        file,
        Calendar(file.municipality),
        database,
        Signature.of(public_url, tokens),
        lambda: datetime.now(UTC) + ahead,
        instance,
        settings.secret_key.get_secret_value() or kept_secret(instance / "secret-key"),
        openid_of(settings, public_url) if settings.oidc_issuer else None,
        tenant,
    )


def _database(url: str, tenant: Tenant | None) -> Database:
    if tenant is None:
        return Database(url)
    return Database(url, kept=tenants.CONNECTIONS_KEPT, of=tenant.name)


def openid_of(settings: Settings, public_url: str) -> OpenID:
    """The municipality's provider; nothing is asked of it before somebody signs in."""
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
    redirect_uri = f"{public_url}{RETURN}"
    provider = MunicipalProvider(
        settings.oidc_issuer, settings.oidc_client_id, secret, redirect_uri
    )
    return OpenID(provider, roles, settings.oidc_only)


def _forgetter(parts: Parts) -> Forgetter:
    """What forgets calls of long ago."""
    MUNICIPALITY.set(parts.name)  # of this thread, which does nothing else
    return Forgetter(parts.database, parts.clock)


def _sender(parts: Parts) -> Sender:
    """What sends text messages: through the account, or in a demo to nobody."""
    MUNICIPALITY.set(parts.name)  # of this thread, which does nothing else
    from_ = parts.calendar.municipality.messages.sender
    gateway: Gateway = parts.demo_messages
    if account := Account.of(parts.settings):
        gateway = connected(account, from_, parts.signature.public_url)
    return Sender(parts.database, parts.texts, gateway, parts.clock)


def _instance() -> Path:
    """Where this installation keeps its files: systemd's folder, or `instance/` in a checkout."""
    return Path(os.environ.get("STATE_DIRECTORY") or Flask("app").instance_path)


def _settings() -> Settings:
    try:
        return Settings(_secrets_dir=os.environ.get("CREDENTIALS_DIRECTORY"))  # type: ignore[call-arg]
    except ValidationError as error:
        raise CannotStart(explained(error)) from None


def _municipality(settings: Settings) -> MunicipalityFile:
    try:
        file = read(settings.municipality)
    except OSError as error:
        raise CannotStart(f"MUNICIPALITY: {error}") from error
    except BrokenFile as error:
        raise CannotStart(str(error)) from error
    if found := [*broken_files()] or [*map(str, mistakes(file)), *differences()]:
        raise CannotStart("\n".join(found))
    return file


def _tokens(settings: Settings, instance: Path) -> tuple[str, ...]:
    """The account's tokens, or the random one of the demo, so that the check is never off."""
    given = (settings.twilio_auth_token, settings.twilio_auth_token_next)
    tokens = tuple(token.get_secret_value() for token in given if token.get_secret_value())
    return tokens if settings.is_connected else (kept_secret(instance / "demo-token"),)


def commands_of_all(settings: Settings) -> Flask:
    """The commands where several municipalities are installed and none of them was chosen."""
    from ivr import commands, systemd, tenant_commands  # noqa: PLC0415  only a terminal needs these

    if settings.municipalities is None:
        raise CannotStart("MUNICIPALITIES is not set")
    all_of_them = tenant_commands.AllOfThem(
        settings.address,
        tenants.names_in(settings.municipalities),
        lambda: {parts.name: _telephone(parts) for parts in installed(_instance())},
    )
    app = Flask("app")
    app.cli = tenant_commands.ChooseFirst(all_of_them.names)
    for command in (*tenant_commands.COMMANDS, commands.call, systemd.systemd):
        app.cli.add_command(_with_obj(command, all_of_them))
    return app


def _telephone(parts: Parts) -> "Telephone":
    from ivr.commands import Telephone  # noqa: PLC0415  only a terminal needs it

    address, tenant = parts.settings.address, parts.tenant
    return Telephone(
        parts.database,
        parts.calendar,
        parts.clock,
        parts.signature,
        f"{address}/{tenant.name}" if tenant else address,
        parts.file,
        handover_secret(parts),
        parts.settings.lacks_account,
        Signature.of(tenant.shared_url, parts.signature.tokens) if tenant else None,
    )


def _add_commands(app: Flask, parts: Parts) -> None:
    from ivr import call_commands, handover_commands, message_commands, systemd  # noqa: PLC0415
    from ivr import commands as telephone_commands  # noqa: PLC0415
    from ivr.monitoring.commands import monitoring  # noqa: PLC0415
    from ivr.twilio_commands import twilio  # noqa: PLC0415
    from scheduling import commands as book_commands  # noqa: PLC0415
    from web import commands as web_commands  # noqa: PLC0415

    telephone = _telephone(parts)
    every = (telephone_commands, book_commands, web_commands)
    for command in (command for commands in every for command in commands.COMMANDS):
        app.cli.add_command(_with_obj(command, telephone))
    demo = None if parts.settings.is_connected else parts.demo_messages
    post_office = message_commands.PostOffice(parts.database, parts.calendar.zone, demo)
    app.cli.add_command(_with_obj(message_commands.messages, post_office))
    app.cli.add_command(_with_obj(twilio, _switchboard(parts)))
    for command in (handover_commands.handover, call_commands.calls_group, systemd.systemd):
        app.cli.add_command(_with_obj(command, telephone))
    app.cli.add_command(monitoring)


def _switchboard(parts: Parts) -> "Switchboard":
    """The account, and the numbers that the municipality's file has."""
    from ivr.twilio_commands import Switchboard  # noqa: PLC0415  only a terminal needs it

    of = parts.calendar.municipality
    return Switchboard(
        Account.of(parts.settings),
        addresses(parts),
        of.telephone.number,
        of.messages.sender,
        of.telephone.handover or "",
    )


def _with_obj(command: click.Command, obj: Any) -> click.Command:  # noqa: ANN401  click's own
    """The command, handed what it needs in place of Flask's own object."""
    command = copy.copy(command)  # another application may have it with other things
    command.context_settings = {**command.context_settings, "obj": obj}
    return command


def main() -> None:
    """Answers the line until it is stopped."""
    options = _options()
    try:
        if options.at:
            os.environ["DEMO_CLOCK_AHEAD"] = str(_seconds_ahead(options.at))
        tenants.check_all_are_meant(_settings())
        every = installed(_instance())
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


def _seconds_ahead(at: str) -> int:
    """How far the demo's clock runs ahead of the real one."""
    zone = installed(_instance())[0].calendar.zone
    try:
        wanted = datetime.fromisoformat(at).replace(tzinfo=zone)
    except ValueError:
        raise CannotStart(f'--at {at!r} is not a time; write it as "2026-12-01 10:00"') from None
    return math.ceil((wanted - datetime.now(UTC)).total_seconds())


if __name__ == "__main__":
    main()

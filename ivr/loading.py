"""Puts the parts of each municipality together, from settings and files."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ivr import tenants
from ivr.kept_secret import kept_secret
from ivr.parts import Parts, opened
from ivr.settings import CannotStart, Settings
from ivr.signature import Signature
from ivr.tenants import Tenant
from ivr.voices import mistakes
from prompts.catalogue import broken_files, differences
from scheduling.calendar import Calendar
from scheduling.municipality_file import BrokenFile, MunicipalityFile, read

Clock = Callable[[], datetime]


def installed(
    settings: Settings, instance: Path, clock: Clock, credentials: Path | None, name: str
) -> list[Parts]:
    """The parts of the municipality, or of each of several, or of one by its name.

    `credentials` is the folder with secrets in files, where there is one. Raises CannotStart with
    all that is wrong with any of them.
    """
    if settings.municipalities is None:
        return [load(settings, instance, clock)]
    every = tenants.tenants(settings, credentials, name)
    found, faults = [], []
    for tenant in every:
        try:
            found.append(load(tenant.settings, instance / tenant.name, clock, tenant))
        except CannotStart as error:
            faults += error.message.splitlines()
    faults = [*dict.fromkeys(faults), *tenants.shared_books({p.name: p.database for p in found})]
    if faults:
        raise CannotStart("\n".join(faults))
    tenants.claims({parts.name: parts.file for parts in found})
    return found


def load(settings: Settings, instance: Path, clock: Clock, tenant: Tenant | None = None) -> Parts:
    """The parts of one municipality; raises CannotStart."""
    file = _municipality(settings)
    url = settings.database_url or f"sqlite:///{instance / 'line.sqlite3'}"
    tokens = _tokens(settings, instance)
    try:
        database = opened(url, tenant)
    except Exception as error:
        whose = f"{tenant.name}: " if tenant else ""
        raise CannotStart(f"{whose}DATABASE_URL: {error}") from error
    ahead = timedelta(seconds=settings.demo_clock_ahead)
    address = f"{settings.address}/{tenant.name}" if tenant else settings.address
    return Parts(
        settings,
        file,
        Calendar(file.municipality),
        database,
        Signature.of((settings.public_url or address).rstrip("/"), tokens),
        lambda: clock() + ahead,
        instance,
        settings.secret_key.get_secret_value() or kept_secret(instance / "secret-key"),
        tenant,
    )


def seconds_ahead(at: str, every: list[Parts], now: datetime) -> int:
    """How far a demo's clock runs ahead where it is to be this local time; raises CannotStart."""
    try:
        wanted = datetime.fromisoformat(at).replace(tzinfo=every[0].calendar.zone)
    except ValueError:
        raise CannotStart(f'--at {at!r} is not a time; write it as "2026-12-01 10:00"') from None
    return int(-((now - wanted.astimezone(UTC)) // timedelta(seconds=1)))


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

"""What is done before the line answers: its port, its tables, its roster, and a word of welcome."""

import socket
from collections.abc import Mapping, Sequence
from datetime import datetime

import click

from ivr.publisher import Publisher
from ivr.settings import CannotStart, Settings
from scheduling.calendar import Calendar
from scheduling.database import Database
from scheduling.errors import AnothersBook, DatabaseAway
from scheduling.roster import published_until


def check_port(host: str, port: int) -> None:
    """Raises CannotStart where the port is taken.

    The server shares its port with whoever asks; two lines on one would answer by turns.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        message = f"PORT: {host}:{port} cannot be used: {error.strerror}"
        raise CannotStart(f"{message}; stop what listens there, or set another PORT") from error


def prepare(database: Database, calendar: Calendar, now: datetime) -> None:
    """Brings the tables up to date, and publishes the roster where no day ahead is published.

    A book that has days ahead is compared with the roster once the line answers, see
    `ivr.publisher`. Raises CannotStart where the database does not answer.
    """
    try:
        database.upgrade()
        with database.read() as connection:
            until = published_until(connection)
        if until is None or until <= now:
            Publisher(database, calendar, lambda: now).publish()
    except DatabaseAway as away:
        raise CannotStart(f"DATABASE_URL: {away.reason}: {away}") from away


def prepare_each(every: Sequence[tuple[str, Database, Calendar, datetime]]) -> None:
    """Does so for every municipality; the name of the only one is empty.

    Of several, one whose database is away does not keep the others from being answered: it is
    told, and its callers reach an employee. Raises CannotStart where all are away, or where an
    address leads to the book of another.
    """
    away = []
    for name, database, calendar, now in every:
        try:
            prepare(database, calendar, now)
        except CannotStart as error:
            if isinstance(error.__cause__, AnothersBook):
                raise CannotStart(f"{name}: {error.message}") from error
            away.append(f"{name}: {error.message}" if name else error.message)
    if len(away) == len(every):
        raise CannotStart("\n".join(away))
    for each in away:
        click.echo(f"Error: {each}", err=True)


def print_welcome(settings: Settings, calendars: Mapping[str, Calendar], now: datetime) -> None:
    """Says where the line listens, what time it is there, and in a demo how to try it.

    The calendars are those of several municipalities by name, or the one of a single one.
    """
    if len(calendars) > 1 or "" not in calendars:
        _print_several(settings, calendars, now)
    else:
        _print_one(settings, calendars[""], now)


def _print_several(settings: Settings, calendars: Mapping[str, Calendar], now: datetime) -> None:
    click.echo(f"The appointment lines of {len(calendars)} municipalities listen:")
    for name, calendar in calendars.items():
        answered = "answers" if calendar.telephone_open(now) else "is closed"
        telephone = calendar.municipality.telephone
        click.echo(f"  {telephone.number}  {settings.address}/{name}  {answered}")
    there = now.astimezone(next(iter(calendars.values())).zone)
    click.echo(f"It is {there:%A %Y-%m-%d %H:%M} there.{_ahead(settings)}")
    click.echo("Ring one from another terminal:\n  uv run flask call --to NUMBER")


def _print_one(settings: Settings, calendar: Calendar, now: datetime) -> None:
    municipality = calendar.municipality
    answered = "answers" if calendar.telephone_open(now) else "is closed"
    there = now.astimezone(municipality.zone)
    click.echo(
        f"The appointment line of the {municipality.name[municipality.languages[-1]]} listens at"
        f" {settings.address}\n"
        f"It is {there:%A %Y-%m-%d %H:%M} there, and the telephone {answered}."
        f"{_ahead(settings)}"
    )
    if not settings.is_connected:
        click.echo(
            "No Twilio account is set, so this is a demo. Ring it from another terminal:\n"
            "  uv run flask call                  (you press the keys)\n"
            "  uv run flask call --keys 1111 1    (books a passport for one person)\n"
            "  uv run flask staff add NAME --role agent    (an account for the page /agent)"
        )
        if answered == "is closed":
            click.echo('To ring inside the hours: uv run app.py --at "2026-12-01 10:00"')


def _ahead(settings: Settings) -> str:
    seconds = settings.demo_clock_ahead
    return f"\nThe clock runs ahead: DEMO_CLOCK_AHEAD={seconds}" if seconds else ""

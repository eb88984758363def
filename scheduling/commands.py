"""The commands of the appointment book, for the terminal."""

import dataclasses
import json
from datetime import date

import click

from scheduling.agenda import Entry, agenda
from scheduling.backup_commands import backup_command, restore_command
from scheduling.book import AppointmentBook
from scheduling.errors import UnknownService
from scheduling.office import BookCommand, LocalDate, Office, as_json
from scheduling.openings import Opening, Wish, last_day
from scheduling.roster import publish_by_weeks
from scheduling.staffing import Need, needs, plan
from scheduling.task_commands import tasks
from scheduling.verify import faults

__all__ = ["COMMANDS", "Office", "as_json"]


@click.command(cls=BookCommand)
@click.argument("service")
@click.option("--persons", default=1, show_default=True, help="For how many persons.")
@click.option("--count", default=3, show_default=True, type=click.IntRange(1, 1000))
@as_json
@click.pass_obj
def openings(office: Office, service: str, persons: int, count: int, *, as_json: bool) -> None:
    """The next free times for SERVICE."""
    wish = Wish(service, persons)
    now = office.clock()
    try:
        found = office.database.transact(
            lambda c: AppointmentBook(c, office.calendar, now).openings(wish, count=count)
        )
    except UnknownService as error:
        known = ", ".join(office.calendar.municipality.services)
        raise click.BadParameter(f"{error}; known services: {known}") from error
    if as_json:
        click.echo(json.dumps([_opening(office, each) for each in found], indent=2))
    for each in () if as_json else found:
        click.echo(f"{each.starts_at.astimezone(office.calendar.zone):%a %Y-%m-%d %H:%M}")
    if not found:
        click.echo(f"nothing free until {last_day(office.calendar, wish, now)}", err=True)


def _opening(office: Office, opening: Opening) -> dict[str, str]:
    zone = office.calendar.zone
    return {
        "starts_at": opening.starts_at.astimezone(zone).isoformat(),
        "ends_at": opening.ends_at.astimezone(zone).isoformat(),
        "pool": opening.pool,
    }


@click.command("agenda", cls=BookCommand)
@click.argument("first", metavar="[FROM]", type=LocalDate(), required=False)
@click.option("--days", type=click.IntRange(1), help="So many days; all when left out.")
@as_json
@click.pass_obj
def agenda_command(office: Office, first: date | None, days: int | None, *, as_json: bool) -> None:
    """The appointments from a day on (default: today)."""
    with office.database.read() as connection:
        entries = agenda(connection, office.calendar, office.clock(), first or office.today, days)
    if as_json:
        click.echo(json.dumps([_entry(each) for each in entries], indent=2))
        return
    for each in entries:
        click.echo(
            f"{each.starts_at:%a %Y-%m-%d %H:%M}-{each.ends_at:%H:%M}  {each.status:<9}"
            f"  {each.reference or '-':<9}  {each.service} ({each.persons})  {each.channel}"
            + (f"  at {each.address}" if each.address else "")
        )


def _entry(entry: Entry) -> dict[str, object]:
    fields = dataclasses.asdict(entry)
    return fields | {
        "starts_at": entry.starts_at.isoformat(),
        "ends_at": entry.ends_at.isoformat(),
    }


@click.group()
def roster() -> None:
    """The roster of the counters."""


@roster.command("publish", cls=BookCommand)
@click.option("--weeks", type=click.IntRange(1, 60), help="Default: as far as can be booked.")
@click.pass_obj
def publish_command(office: Office, weeks: int | None) -> None:
    """Makes the coming weeks bookable, from today on; again after each change of the roster."""
    days = weeks * 7 if weeks else office.calendar.municipality.booking.horizon_days + 1
    done = publish_by_weeks(office.database, office.calendar, office.today, days)
    click.echo(f"published {done.days} days from {office.today}; {done.changed} steps changed")
    for conflict in done.conflicts:
        click.echo(f"not published: {conflict}", err=True)
    if done.conflicts:
        raise SystemExit(1)


@click.command("staffing", cls=BookCommand)
@click.argument("day", metavar="DATE", type=LocalDate())
@as_json
@click.pass_obj
def staffing_command(office: Office, day: date, *, as_json: bool) -> None:
    """How many counters of each pool must be open when, for what is booked on DATE."""
    with office.database.read() as connection:
        found = needs(connection, office.calendar, day)
        plans = plan(connection, office.calendar, day)
    staff = {pool: len(set(chosen.values())) for pool, chosen in plans.items()}
    if as_json:
        shown = {"date": day.isoformat(), "employees": staff, "counters": _needs(office, found)}
        click.echo(json.dumps(shown, indent=2))
        return
    for pool, employees in staff.items():
        click.echo(f"{pool}: {employees} employees")
    for each in _needs(office, found):
        start, end = str(each["from"])[11:16], str(each["until"])[11:16]
        click.echo(f"{start}-{end}  {each['pool']}: {each['open']}")
    if not found:
        click.echo("nothing is booked")


def _needs(office: Office, found: list[Need]) -> list[dict[str, str | int]]:
    zone = office.calendar.zone
    return [
        {
            "pool": each.pool,
            "from": each.interval.start.astimezone(zone).isoformat(),
            "until": each.interval.end.astimezone(zone).isoformat(),
            "open": each.counters,
        }
        for each in found
    ]


@click.group()
def book() -> None:
    """The appointment book."""


@book.command(cls=BookCommand)
@click.pass_obj
def verify(office: Office) -> None:
    """Checks that what is taken is what is booked or held, and that everybody gets a counter."""
    with office.database.read() as connection:
        found = faults(connection, office.calendar)
    for fault in found:
        click.echo(fault, err=True)
    if found:
        raise SystemExit(1)
    click.echo("the book adds up, and every visit has a counter")


COMMANDS: tuple[click.Command, ...] = (
    openings,
    agenda_command,
    roster,
    staffing_command,
    tasks,
    book,
    backup_command,
    restore_command,
)

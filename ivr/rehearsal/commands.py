"""The commands that look at what callers hear: a report, and a chart of the whole dialogue."""

import json
from datetime import datetime
from typing import TextIO

import click

from ivr.rehearsal.books import NothingToBook
from ivr.rehearsal.chart import chart
from ivr.rehearsal.printed import NoWords
from ivr.rehearsal.props import NoExample
from ivr.rehearsal.report import report
from ivr.rehearsal.situations import NeverOpen
from scheduling.commands import Office, as_json

_CANNOT_PLAY = (NeverOpen, NothingToBook, NoExample, NoWords)


@click.group()
def prompts() -> None:
    """What callers hear, and where their keys lead; never touches the book itself."""


@prompts.command("report")
@click.option("--at", metavar="TIME", help='As on this local time, such as "2026-12-01 10:00".')
@as_json
@click.pass_obj
def report_command(office: Office, at: str | None, *, as_json: bool) -> None:
    """What every way to a booking asks of a caller; exit status 1 where a limit is passed."""
    try:
        found = report(office.calendar, _moment(office, at))
    except _CANNOT_PLAY as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        click.echo(json.dumps(found.as_json(), indent=2))
    else:
        click.echo("\n".join(found.lines()))
    for each in found.passed:
        click.echo(f"limit passed: {each}", err=True)
    if found.passed:
        raise SystemExit(1)


@prompts.command("chart")
@click.argument("file", type=click.File("w", encoding="utf-8", lazy=True), default="-")
@click.option("--language", help="Of the words on it; default: the first of the line.")
@click.pass_obj
def chart_command(office: Office, file: TextIO, language: str | None) -> None:
    """Draws the whole dialogue as SVG in FILE, for a sheet of A3 or A4 on its side."""
    known = office.calendar.municipality.languages
    if language and language not in known:
        message = f"{language!r} is not spoken; the line knows {', '.join(known)}"
        raise click.BadParameter(message, param_hint="--language")
    try:
        file.write(chart(office.calendar, office.clock(), language or known[0]))
    except _CANNOT_PLAY as error:
        raise click.ClickException(str(error)) from error


def _moment(office: Office, at: str | None) -> datetime:
    """When the calls are played: at a local time, or now."""
    if at is None:
        return office.clock()
    try:
        return datetime.fromisoformat(at).replace(tzinfo=office.calendar.zone)
    except ValueError:
        message = f'{at!r} is not a time; write it as "2026-12-01 10:00"'
        raise click.BadParameter(message, param_hint="--at") from None

"""Makes the code and the header of a handover from the terminal: for exchanges, and to try it."""

from datetime import timedelta
from functools import partial

import click

from ivr.commands import Telephone
from ivr.handover_tokens import token
from scheduling.errors import UnknownService
from scheduling.handovers import Handover, make
from scheduling.office import BookCommand
from scheduling.openings import Wish, duration
from scheduling.references import is_valid

_CLOCK = "%H:%M"


@click.command(cls=BookCommand)
@click.option("--service", help="What the caller comes for, as the municipality's file names it.")
@click.option("--persons", type=click.IntRange(1), default=1, show_default=True)
@click.option("--reference", help="Or the appointment that he has.")
@click.option("--language", help="What the caller speaks; the municipality's first is the default.")
@click.option("--note", default="", help="A note for the counter.")
@click.option("--minutes", type=click.IntRange(1, 60), default=10, show_default=True)
@click.pass_obj
def handover(  # noqa: PLR0913, PLR0917  the options of the command
    telephone: Telephone,
    service: str | None,
    persons: int,
    reference: str | None,
    language: str | None,
    note: str,
    minutes: int,
) -> None:
    """Hands a caller to the line: prints the code to key in, and the header for SIP."""
    languages = telephone.calendar.municipality.languages
    language = language or languages[0]
    if language not in languages:
        raise click.BadParameter(f"is none of {', '.join(languages)}", param_hint="--language")
    if reference and not is_valid(reference):
        raise click.BadParameter("is no reference", param_hint="--reference")
    if service:
        _check(telephone, Wish(service, persons))
    wanted = Handover(
        service,
        persons,
        language,
        reference=reference,
        note=note,
        agent="terminal",
        minutes=minutes,
    )
    now = telephone.clock()
    code = telephone.database.transact(partial(make, handover=wanted, now=now))
    until = now + timedelta(minutes=minutes)
    shown = until.astimezone(telephone.calendar.zone).strftime(_CLOCK)
    click.echo(f"code      {code[:3]} {code[3:6]} {code[6:]}   (once, until {shown})")
    click.echo(f"header    X-Handover: {token(code, telephone.secret, until)}")


def _check(telephone: Telephone, wish: Wish) -> None:
    try:
        duration(telephone.calendar, wish)
    except UnknownService:
        known = telephone.calendar.municipality.services
        fewer = f"for at most {known[wish.service].persons}" if wish.service in known else ""
        told = fewer or f"is none of {', '.join(known)}"
        raise click.BadParameter(told, param_hint="--persons" if fewer else "--service") from None

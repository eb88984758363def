"""The commands of the telephone: ring the line, and check that everything is in order."""

from dataclasses import dataclass, field, replace
from typing import Protocol
from urllib.parse import urlsplit

import click

from ivr.carrier import PhoneCall
from ivr.documents import Refused
from ivr.handover_tokens import HEADER
from ivr.rehearsal.commands import prompts
from ivr.signature import Signature
from ivr.speaker import Speaker
from ivr.terminal import HELP, KEYS, place_call, poster
from ivr.twiml import Writer
from prompts.catalogue import catalogue, languages
from scheduling.commands import Office
from scheduling.database import SCHEMA
from scheduling.errors import DatabaseAway
from scheduling.municipality_file import MunicipalityFile

VOICE, HANDOVER = "/voice", "/voice/handover"

EMPLOYEE: dict[str, tuple[tuple[str, ...], str | None]] = {
    "no-answer": ((), None),
    "busy": (("busy",) * 9, None),
    "takes": (("completed",) * 9, "1"),
    "refuses": (("completed",) * 9, "2"),
}
"""How an employee's telephone is answered, and the key that is pressed there."""


@dataclass(frozen=True)
class Telephone(Office):
    """What a command of the telephone needs besides the book."""

    signature: Signature
    address: str
    file: MunicipalityFile
    secret: str = field(repr=False)
    """What signs handovers."""

    lacks_account: bool = False
    """Whether there is a token and no account that it belongs to, so that nothing can be sent."""

    shared: Signature | None = None
    """Of several municipalities: at the address that they share. `address` is then below it."""

    @property
    def has_several(self) -> bool:
        """Whether it is that of one municipality of several."""
        return self.shared is not None

    def reached(self, to: str | None) -> "Telephone":
        """The same at the address where the number dialled decides, if a number was told."""
        if to is None or self.shared is None:
            return self
        parts = urlsplit(self.address)
        address = f"{parts.scheme}://{parts.netloc}"
        return replace(self, signature=self.shared, address=address)


class Reachable(Protocol):
    """One telephone, or those of several municipalities."""

    def reached(self, to: str | None) -> Telephone:
        """The telephone that is rung at a number; raises ClickException."""


@click.command()
@click.argument("more_keys", nargs=-1)
@click.option("--keys", help="Play these keys without questions: 0-9 * #, s silence, h hang up.")
@click.option("--from", "number", default="+31612345678", show_default=True, help="Ring from.")
@click.option("--to", help="Ring this number, at the address that several municipalities share.")
@click.option("--at", "address", help="The line's address, where it is not on this machine.")
@click.option("--second", is_flag=True, help="Ring the second number, as an agent with a code.")
@click.option("--token", help="Come from an exchange with this X-Handover header (SIP).")
@click.option(
    "--employee",
    type=click.Choice(list(EMPLOYEE)),
    default="no-answer",
    show_default=True,
    help="What becomes of key 0.",
)
@click.pass_obj
def call(  # noqa: PLR0913, PLR0917  the options of the command
    reachable: Reachable,
    more_keys: tuple[str, ...],
    keys: str | None,
    number: str,
    to: str | None,
    address: str | None,
    second: bool,  # noqa: FBT001
    token: str | None,
    employee: str,
) -> None:
    """Rings the running line from this terminal; exit status 0 says that it ended in a booking.

    Blanks between keys mean nothing: --keys 1111 1 is the same as --keys 11111.
    """
    played = None if keys is None else "".join([keys, *more_keys]).replace(" ", "")
    if wrong := set(played or "") - KEYS:
        raise click.BadParameter(f"{sorted(wrong)}: no keys; {HELP}", param_hint="--keys")
    telephone = reachable.reached(to)
    second = second or to == telephone.file.municipality.telephone.handover
    _check_address(address or telephone.address)
    post = poster(address or telephone.address, telephone.signature)
    phone_call = PhoneCall(post, number=number, line=to or _rung(telephone, second=second))
    phone_call.agents, phone_call.takes = EMPLOYEE[employee]
    if token:
        phone_call.headers = {HEADER: token}
    try:
        place_call(phone_call, played, HANDOVER if second or token else VOICE)
    except BrokenPipeError:
        raise  # of whoever reads what is printed
    except OSError as error:
        message = f"the line does not answer at {address or telephone.address}: {error}"
        raise click.ClickException(f"{message}; start it with: uv run app.py") from error
    except Refused as error:
        raise click.ClickException(f"the line went wrong: {error}") from error
    if not _booked(phone_call):
        raise SystemExit(1)


def _rung(telephone: Telephone, *, second: bool) -> str:
    """The number that is rung; says so where the municipality has no second one."""
    numbers = telephone.file.municipality.telephone
    if second and not numbers.handover:
        raise click.ClickException("the municipality's file has no telephone.handover")
    return (numbers.handover if second else "") or numbers.number


def _check_address(address: str) -> None:
    try:
        port = urlsplit(address).port
    except ValueError as error:
        message = f"{address!r} is no address ({error}); write http://127.0.0.1:5000"
        raise click.BadParameter(message, param_hint="--at") from error
    del port


def _booked(phone_call: PhoneCall) -> bool:
    """Whether the caller heard that the appointment stands."""
    heard = " ".join(what for who, what in phone_call.transcript if who == "line")
    return any(catalogue(language).prompts["booked"] in heard for language in languages())


@click.command()
@click.pass_obj
def check(telephone: Telephone) -> None:
    """Checks settings, municipality file, prompts, voices and database; says what is wrong where.

    All but the database were checked to get here: a mistake in them stops every command.
    """
    check_one(telephone)
    click.echo("settings, municipality file, prompts, voices and database are in order")


def check_one(telephone: Telephone) -> None:
    """Raises ClickException with what is wrong."""
    if telephone.lacks_account:
        message = "no text message can be sent; set it to the account of TWILIO_AUTH_TOKEN"
        raise click.ClickException(f"TWILIO_ACCOUNT_SID: {message}")
    try:
        schema = telephone.database.schema()
    except DatabaseAway as away:
        raise click.ClickException(f"DATABASE_URL: {away.reason}: {away}") from away
    if schema is None or schema < SCHEMA:
        message = f"DATABASE_URL: the tables are of version {schema}, this line wants {SCHEMA}"
        raise click.ClickException(f"{message}; start the line, which brings them up to date")
    if schema > SCHEMA:
        known = f"newer than this line ({SCHEMA}), which uses what it knows of them"
        click.echo(f"DATABASE_URL: the tables are of version {schema}, {known}", err=True)


@click.command()
@click.pass_obj
def fallback(telephone: Telephone) -> None:
    """Prints the document that says sorry and rings the agents, for another host to keep."""
    click.echo(Writer(Speaker(telephone.calendar)).fallback())


COMMANDS: tuple[click.Command, ...] = (call, check, fallback, prompts)

"""The command that lists the outbox: how every text message fares, without words or numbers."""

import json
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import click
from msgspec.structs import asdict

from ivr.demo_messages import DemoMessages
from scheduling.database import Database
from scheduling.deliveries import Message, listed
from scheduling.office import BookCommand, as_json


@dataclass(frozen=True)
class PostOffice:
    """What the command needs; `demo` has the words of the messages of a demo."""

    database: Database
    zone: ZoneInfo
    demo: DemoMessages | None


@click.command(cls=BookCommand)
@as_json
@click.option("--texts", is_flag=True, help="Print the texts, which only a demo keeps.")
@click.pass_obj
def messages(office: PostOffice, *, as_json: bool, texts: bool) -> None:
    """Lists the text messages: waiting, sending, sent, delivered, failed or dropped."""
    if texts:
        _print_texts(office)
        return
    with office.database.read() as connection:
        found = listed(connection)
    if as_json:
        click.echo(json.dumps([_entry(office.zone, each) for each in found], indent=2))
        return
    for each in found:
        click.echo(
            f"{each.due_at.astimezone(office.zone):%a %Y-%m-%d %H:%M}  {each.state:<9}"
            f"  {each.kind:<12}  {each.reference}  {each.error or ''}".rstrip()
        )


def _print_texts(office: PostOffice) -> None:
    if office.demo is None:
        raise click.ClickException("a connected line shows no texts: they are on the telephones")
    for each in office.demo.kept():
        click.echo(f"to {each.to}, {each.at}\n{each.body}\n")


def _entry(zone: ZoneInfo, message: Message) -> dict[str, object]:
    sent_at = message.sent_at and message.sent_at.astimezone(zone).isoformat()
    due_at = message.due_at.astimezone(zone).isoformat()
    return asdict(message) | {"due_at": due_at, "sent_at": sent_at}

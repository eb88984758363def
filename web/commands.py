"""`flask staff`: the accounts of the employees, and what they did."""

import json
import secrets
from dataclasses import asdict
from datetime import timedelta

import click

from scheduling.commands import Office, as_json
from scheduling.database import Connection
from scheduling.office import BookCommand
from scheduling.presence import sign_out_of_calls
from web import accounts, audit, blocking, passwords
from web.audit import COMMAND_LINE, Deed

_RANDOM_BYTES = 15


@click.group()
def staff() -> None:
    """The accounts of the employees."""


random_one = click.option("--random", "is_random", is_flag=True, help="Make a password, print it.")


@staff.command("add", cls=BookCommand)
@click.argument("name")
@click.option("--role", type=click.Choice(accounts.ROLES), required=True)
@random_one
@click.pass_obj
def add_command(office: Office, name: str, role: str, *, is_random: bool) -> None:
    """Adds an account for NAME; asks for the password, or makes one with --random."""
    password = _password(office, name, is_random=is_random)

    def work(connection: Connection) -> None:
        accounts.add(connection, name, role, password, office.clock())
        accounts.was_given(connection, name, office.clock())
        _note(connection, office, "account_added", f"{name} ({role})")

    try:
        office.database.transact(work)
    except accounts.NameTaken as taken:
        raise click.ClickException(f"there is an account {taken} already") from taken
    except accounts.Unfit as unfit:
        raise click.ClickException(str(unfit)) from unfit
    click.echo(f"{name} can sign in as {role}; {_told(password, is_random=is_random)}")


@staff.command("password", cls=BookCommand)
@click.argument("name")
@random_one
@click.pass_obj
def password_command(office: Office, name: str, *, is_random: bool) -> None:
    """Gives NAME another password, and ends the sessions of that account."""
    with office.database.read() as connection:
        account, _ = accounts.stored(connection, name)
    if account and not account.has_password:
        why = "is blocked" if account.is_blocked else "signs in at the municipality's provider"
        raise click.ClickException(f"{name} {why}, and gets no password here")
    password = _password(office, name, is_random=is_random)

    def work(connection: Connection) -> None:
        _stop_calls(connection, office, name)
        _check_known(name, known=accounts.set_password(connection, name, password))
        accounts.was_given(connection, name, office.clock())
        _note(connection, office, "password_set", name)

    office.database.transact(work)
    click.echo(f"{name} has another password; {_told(password, is_random=is_random)}")


@staff.command("remove", cls=BookCommand)
@click.argument("name")
@click.pass_obj
def remove_command(office: Office, name: str) -> None:
    """Removes the account NAME; who is signed in with it is out at once."""

    def work(connection: Connection) -> accounts.Account | None:
        account, _ = accounts.stored(connection, name)
        _stop_calls(connection, office, name)
        _check_known(name, known=accounts.remove(connection, name))
        _note(connection, office, "account_removed", name)
        return account

    account = office.database.transact(work)
    if account and account.is_openid:
        click.echo(
            f"{name} is signed out, and can sign in again as long as the municipality's provider"
            f" lets him; to keep him out: flask staff block {name}"
        )
        return
    click.echo(f"{name} cannot sign in any more")


@staff.command("block", cls=BookCommand)
@click.argument("name")
@click.pass_obj
def block_command(office: Office, name: str) -> None:
    """Keeps NAME out until unblocked; who is signed in with it is out at once."""

    def work(connection: Connection) -> None:
        _stop_calls(connection, office, name)
        _check_known(name, known=blocking.block(connection, name))
        _note(connection, office, "account_blocked", name)

    office.database.transact(work)
    click.echo(f"{name} cannot sign in until: flask staff unblock NAME")


@staff.command("unblock", cls=BookCommand)
@click.argument("name")
@click.pass_obj
def unblock_command(office: Office, name: str) -> None:
    """Lets NAME sign in again as before."""

    def work(connection: Connection) -> None:
        _check_known(name, known=blocking.unblock(connection, name))
        _note(connection, office, "account_unblocked", name)

    office.database.transact(work)
    click.echo(f"{name} can sign in again")


@staff.command("list", cls=BookCommand)
@as_json
@click.pass_obj
def list_command(office: Office, *, as_json: bool) -> None:
    """The accounts."""
    zone = office.calendar.zone
    with office.database.read() as connection:
        found = accounts.listed(connection)
    if as_json:
        shown = [
            {
                "name": e.name,
                "role": e.role,
                "added_at": e.added_at.astimezone(zone).isoformat(),
                "openid": e.is_openid,
                "blocked": e.is_blocked,
            }
            for e in found
        ]
        click.echo(json.dumps(shown, indent=2, ensure_ascii=False))
        return
    for each in found:
        blocked = "  (blocked)" if each.is_blocked else ""
        added = f"{each.added_at.astimezone(zone):%Y-%m-%d}"
        click.echo(f"{each.role:<10} {added}  {each.name}{blocked}")
    if not found:
        click.echo("nobody can sign in; add somebody: flask staff add NAME --role agent", err=True)


@staff.command("audit", cls=BookCommand)
@click.option("--days", type=click.IntRange(1), default=7, show_default=True)
@as_json
@click.pass_obj
def audit_command(office: Office, days: int, *, as_json: bool) -> None:
    """Who did what to which appointment, in the last days."""
    zone = office.calendar.zone
    with office.database.read() as connection:
        found = audit.listed(connection, office.clock() - timedelta(days=days))
    if as_json:
        shown = [asdict(each) | {"at": each.at.astimezone(zone).isoformat()} for each in found]
        click.echo(json.dumps(shown, indent=2, ensure_ascii=False))
        return
    for each in found:
        about = "  ".join(part for part in (each.reference, each.detail) if part)
        line = f"{each.at.astimezone(zone):%Y-%m-%d %H:%M:%S}  {each.who}  {each.action}  {about}"
        click.echo(line.rstrip())


def _password(office: Office, name: str, *, is_random: bool) -> str:
    """The one that is typed, where it is good, or a random one."""
    if is_random:
        return secrets.token_urlsafe(_RANDOM_BYTES)
    typed = str(click.prompt("Password", hide_input=True, confirmation_prompt=True))
    if fault := passwords.fault(typed, (name, *office.calendar.municipality.name.values())):
        raise click.ClickException(fault.told)
    return typed


def _told(password: str, *, is_random: bool) -> str:
    told = f"the password is good for {accounts.FIRST.days} days, and to choose another"
    return f"{told}: {password}" if is_random else told


def _note(connection: Connection, office: Office, action: str, detail: str) -> None:
    audit.note(connection, Deed(office.clock(), COMMAND_LINE, action, detail=detail[:120]))


def _stop_calls(connection: Connection, office: Office, name: str) -> None:
    """Whose sessions end takes no calls any more."""
    account, _ = accounts.stored(connection, name)
    if account:
        sign_out_of_calls(connection, account.name, office.clock())


def _check_known(name: str, *, known: bool) -> None:
    if not known:
        raise click.ClickException(f"there is no account {name}")


COMMANDS: tuple[click.Command, ...] = (staff,)

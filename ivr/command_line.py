"""What `flask` can do: every command, handed what it needs."""

import copy
from collections.abc import Callable, Iterable
from typing import Any

import click
from flask import Flask

from ivr import (
    call_commands,
    commands,
    handover_commands,
    message_commands,
    systemd,
    tenant_commands,
    tenants,
)
from ivr.commands import Telephone
from ivr.monitoring.commands import monitoring
from ivr.parts import Parts
from ivr.settings import CannotStart, Settings
from ivr.signature import Signature
from ivr.twilio_account import Account
from ivr.twilio_commands import Switchboard, twilio
from scheduling import commands as book_commands


def add_commands(app: Flask, parts: Parts, of_other_doors: Iterable[click.Command]) -> None:
    """Gives an application the commands of one municipality."""
    telephone = _telephone(parts)
    demo = None if parts.settings.is_connected else parts.demo_messages
    post_office = message_commands.PostOffice(parts.database, parts.calendar.zone, demo)
    for command in (
        *commands.COMMANDS,
        *book_commands.COMMANDS,
        *of_other_doors,
        handover_commands.handover,
        call_commands.calls_group,
        systemd.systemd,
    ):
        app.cli.add_command(_with_obj(command, telephone))
    app.cli.add_command(_with_obj(message_commands.messages, post_office))
    app.cli.add_command(_with_obj(twilio, switchboard(parts)))
    app.cli.add_command(monitoring)


def commands_of_all(settings: Settings, installed: Callable[[], list[Parts]]) -> Flask:
    """The commands where several municipalities are installed and none of them was chosen."""
    if settings.municipalities is None:
        raise CannotStart("MUNICIPALITIES is not set")
    all_of_them = tenant_commands.AllOfThem(
        settings.address,
        tenants.names_in(settings.municipalities),
        lambda: {parts.name: _telephone(parts) for parts in installed()},
    )
    app = Flask("app")
    app.cli = tenant_commands.ChooseFirst(all_of_them.names)
    for command in (*tenant_commands.COMMANDS, commands.call, systemd.systemd):
        app.cli.add_command(_with_obj(command, all_of_them))
    return app


def switchboard(parts: Parts) -> Switchboard:
    """The account, and the numbers that the municipality's file has."""
    of = parts.calendar.municipality
    return Switchboard(
        Account.of(parts.settings),
        parts.addresses,
        of.telephone.number,
        of.messages.sender,
        of.telephone.handover or "",
    )


def _telephone(parts: Parts) -> Telephone:
    address, tenant = parts.settings.address, parts.tenant
    return Telephone(
        parts.database,
        parts.calendar,
        parts.clock,
        parts.signature,
        f"{address}/{tenant.name}" if tenant else address,
        parts.file,
        parts.handover_secret,
        parts.settings.lacks_account,
        Signature.of(tenant.shared_url, parts.signature.tokens) if tenant else None,
    )


def _with_obj(command: click.Command, obj: Any) -> click.Command:  # noqa: ANN401  click's own
    """The command, handed what it needs in place of Flask's own object."""
    command = copy.copy(command)  # another application may have it with other things
    command.context_settings = {**command.context_settings, "obj": obj}
    return command

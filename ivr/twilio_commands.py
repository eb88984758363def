"""The commands that set the line's numbers at Twilio, and say what is wrong with what is set."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import click

from ivr.addresses import Addresses
from ivr.reachable import address_fault, visit_fault
from ivr.twilio_account import Account, Failed, Patience
from ivr.twilio_number import Number, Plan, TwilioNumbers, shown

PATIENCE = Patience(total=30, answer=10, pause=0.5)


@dataclass(frozen=True)
class Switchboard:
    """What the commands need: the numbers (E.164) of the municipality's file.

    `sender` may also be a name; `handover` is the second number, at which agents key in codes, or
    empty.
    """

    account: Account | None
    addresses: Addresses
    line: str
    sender: str
    handover: str = ""
    patience: Patience = PATIENCE

    @property
    def plan(self) -> Plan:
        """What is wanted of the numbers."""
        return Plan(self.addresses, self.line, self.sender, self.handover)

    @contextmanager
    def numbers(self) -> Iterator[TwilioNumbers]:
        """The account's numbers; says so where there is no account."""
        # A quarter of a second of import, which no other command needs.
        from ivr.twilio_rest import Rest  # noqa: PLC0415

        if self.account is None:
            wanted = "TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and PUBLIC_URL"
            raise click.ClickException(f"no whole Twilio account is set; set {wanted}")
        rest = Rest(self.account, self.patience.answer)
        try:
            yield TwilioNumbers(rest, self.patience)
        finally:
            rest.close()


class TwilioCommand(click.Command):
    """A command that says in a sentence what Twilio refuses, or that it is away."""

    def invoke(self, ctx: click.Context) -> object:
        """Runs it; ends with status 1 and the sentence where Twilio fails."""
        try:
            return super().invoke(ctx)
        except Failed as failed:
            raise click.ClickException(f"{failed.explained}; nothing was changed") from None


@click.group("twilio")
def twilio() -> None:
    """Sets the line's numbers at Twilio, and checks them."""


@twilio.command(cls=TwilioCommand)
@click.option("--yes", is_flag=True, help="Set it without asking.")
@click.pass_obj
def connect(board: Switchboard, *, yes: bool) -> None:
    """Shows what is set at the line's numbers and what will be, asks, and sets what differs."""
    plan = board.plan
    if fault := address_fault(board.addresses.public_url):
        raise click.ClickException(fault)
    with board.numbers() as numbers:
        found = numbers.find(plan.numbers)
        lacking = _lacking(plan, found)
        for each in lacking:
            click.echo(each, err=True)
        if changed := [each for each in found if plan.differences(each)]:
            _print(plan, changed)
            if not yes:
                click.confirm("Set this at Twilio?", abort=True)
            _set(plan, numbers, changed)
            _read_back(plan, numbers)
    done = ", ".join(each.number for each in changed)
    click.echo(f"set, and read back: {done}" if done else "nothing is to be set")
    if lacking:
        raise SystemExit(1)


@twilio.command(cls=TwilioCommand)
@click.option("--no-visit", is_flag=True, help="Do not ask whether the line answers there.")
@click.pass_obj
def check(board: Switchboard, *, no_visit: bool) -> None:
    """Says what is wrong with what is set at Twilio; exit status 1 where anything is."""
    plan, url = board.plan, board.addresses.public_url
    faults = [address_fault(url) or ("" if no_visit else visit_fault(url))]
    with board.numbers() as numbers:
        try:
            found = numbers.find(plan.numbers)
        except Failed as failed:
            faults.append(failed.explained)
        else:
            faults += _lacking(plan, found)
            faults += [
                f"{each.number}: {setting.name}: is {shown(setting.now)};"
                f" right is {shown(setting.right)}"
                for each in found
                for setting in plan.differences(each)
            ]
    if wrong := [fault for fault in faults if fault]:
        raise click.ClickException("\n".join(wrong))
    click.echo(f"in order at Twilio: {', '.join(plan.numbers)}")


def _lacking(plan: Plan, found: list[Number]) -> list[str]:
    """What no setting helps with."""
    there = {each.number for each in found}
    missing = [number for number in plan.numbers if number not in there]
    absent = "is no number of this account, or is one of another TWILIO_REGION"
    return [f"{number} {absent}" for number in missing] + [
        fault for each in found for fault in plan.faults(each)
    ]


def _set(plan: Plan, numbers: TwilioNumbers, changed: list[Number]) -> None:
    done: list[str] = []
    for number in changed:
        fields = {k: v for each in plan.differences(number) for k, v in each.missing.items()}
        try:
            numbers.set(number, fields)
        except Failed as failed:
            so_far = f"set before it: {', '.join(done) or 'nothing'}"
            message = f"{number.number}: {failed.explained}; {so_far}. Run the command again"
            raise click.ClickException(message) from None
        done.append(number.number)


def _read_back(plan: Plan, numbers: TwilioNumbers) -> None:
    """Fails where Twilio has not kept what was set."""
    try:
        kept = numbers.find(plan.numbers)
    except Failed as failed:
        message = f"set, and not read back: {failed.explained}. Run: flask twilio check"
        raise click.ClickException(message) from None
    if lost := [f"{each.number}: {s.name}" for each in kept for s in plan.differences(each)]:
        raise click.ClickException(f"Twilio has not kept what was set: {'; '.join(lost)}")


def _print(plan: Plan, numbers: list[Number]) -> None:
    """What is set now and what will be; below each other, because addresses are long."""
    for number in numbers:
        click.echo(number.number)
        for each in plan.differences(number):
            click.echo(f"  {each.name}")
            click.echo(f"    is now   {shown(each.now)}")
            click.echo(f"    will be  {shown(each.right)}")


COMMANDS: tuple[click.Command, ...] = (twilio,)

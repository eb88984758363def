"""The commands for several municipalities together; any other is for one that is chosen first."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import click
from flask.cli import AppGroup

from ivr.commands import Telephone, check_one
from ivr.tenants import claims


@dataclass(frozen=True)
class AllOfThem:
    """The municipalities of an installation by name; `load` raises CannotStart."""

    address: str
    names: Sequence[str]
    load: Callable[[], Mapping[str, Telephone]]
    has_several = True

    def reached(self, to: str | None) -> Telephone:
        """The telephone of whose number it is; of anybody where nobody has it."""
        if to is None:
            raise click.ClickException(
                f"say which number to ring, with --to; or {choose(self.names)}"
            )
        telephones = self.load()
        whose = claims({name: each.file for name, each in telephones.items()})
        name = whose.get(to, next(iter(telephones)))
        return telephones[name].reached(to)


class ChooseFirst(AppGroup):
    """Says of every command that is for one municipality how to choose it."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__()
        self._names = names

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, or one that only says what is missing."""
        return super().get_command(ctx, cmd_name) or click.Command(
            cmd_name,
            callback=self._refuse,
            add_help_option=False,
            context_settings={"ignore_unknown_options": True, "allow_extra_args": True},
        )

    def _refuse(self) -> None:
        raise click.ClickException(f"this is for one municipality: {choose(self._names)}")


def choose(names: Sequence[str]) -> str:
    """How one is chosen."""
    return f"set MUNICIPALITY to one of {', '.join(names)}"


@click.command()
@click.option("--long", is_flag=True, help="With the number and the address of each.")
@click.pass_obj
def municipalities(every: AllOfThem, *, long: bool) -> None:
    """Lists the names of the municipalities."""
    if not long:
        click.echo("\n".join(every.names))
        return
    for name, telephone in every.load().items():
        of = telephone.file.municipality
        click.echo(f"{name:<20}  {of.telephone.number:<16}  {telephone.signature.public_url}")


@click.command("check")
@click.pass_obj
def check_each(every: AllOfThem) -> None:
    """Checks settings, files, prompts, voices and database of each municipality."""
    wrong = []
    for name, telephone in every.load().items():
        try:
            check_one(telephone)
        except click.ClickException as error:
            wrong.append(f"{name}: {error.message}")
        else:
            click.echo(f"{name}: everything is in order")
    if wrong:
        raise click.ClickException("\n".join(wrong))


COMMANDS: tuple[click.Command, ...] = (municipalities, check_each)

"""The to-do list of the employees, for the terminal."""

import json

import click
from msgspec.structs import asdict

from scheduling.office import BookCommand, BookGroup, Office, as_json
from scheduling.tasks import Task, done, listed


@click.group(cls=BookGroup, invoke_without_command=True)
@click.option("--all", "also_done", is_flag=True, help="Also what is done.")
@as_json
@click.pass_context
def tasks(ctx: click.Context, *, also_done: bool, as_json: bool) -> None:
    """What employees are asked to do: ring somebody back, confirm an address, mend a message."""
    if ctx.invoked_subcommand:
        return
    office = ctx.ensure_object(Office)
    with office.database.read() as connection:
        found = listed(connection, also_done=also_done)
    if as_json:
        click.echo(json.dumps([_shown(office, each) for each in found], indent=2))
        return
    for each in found:
        click.echo(_line(office, each))
    if not found:
        click.echo("nothing to do")


@tasks.command("done", cls=BookCommand)
@click.argument("task", metavar="ID", type=int)
@click.pass_obj
def done_command(office: Office, task: int) -> None:
    """Strikes a task off the list."""
    if not office.database.transact(lambda c: done(c, task, office.clock())):
        message = f"there is no open task {task}; flask tasks lists them"
        raise click.ClickException(message)
    click.echo(f"task {task} is done")


def _shown(office: Office, task: Task) -> dict[str, object]:
    zone = office.calendar.zone
    return asdict(task) | {
        name: at.astimezone(zone).isoformat() if at else None
        for name, at in (("created_at", task.created_at), ("done_at", task.done_at))
    }


def _line(office: Office, task: Task) -> str:
    at = task.created_at and f"{task.created_at.astimezone(office.calendar.zone):%a %Y-%m-%d %H:%M}"
    words = (task.reference or "-", task.language, task.detail, "done" if task.done_at else "")
    what = f"{task.id:>4}  {at}  {task.kind:<15}  {task.number}"
    return "  ".join((what, *(word for word in words if word)))

"""The commands that copy the book, and put a copy back."""

from pathlib import Path

import click

from scheduling.backup import BackupFailed, back_up, restore
from scheduling.office import BookCommand, Office
from scheduling.verify import faults

_FILE = click.argument("file", type=click.Path(dir_okay=False, path_type=Path))


@click.command("backup", cls=BookCommand)
@_FILE
@click.pass_obj
def backup_command(office: Office, file: Path) -> None:
    """Copies the whole book to FILE, as it is at one moment, also while the line answers."""
    try:
        back_up(office.database, file)
    except BackupFailed as failed:
        raise click.ClickException(str(failed)) from failed
    click.echo(f"the book is in {file}, {file.stat().st_size:,} bytes")


@click.command("restore", cls=BookCommand)
@_FILE
@click.option("--force", is_flag=True, help="Also over a book with appointments in it.")
@click.pass_obj
def restore_command(office: Office, file: Path, *, force: bool) -> None:
    """Puts the copy in FILE in the place of the book, and verifies it."""
    try:
        restore(office.database, file, force=force)
    except BackupFailed as failed:
        raise click.ClickException(str(failed)) from failed
    with office.database.read() as connection:
        found = faults(connection, office.calendar)
    for fault in found:
        click.echo(fault, err=True)
    if found:
        raise click.ClickException("the book is restored, and does not add up")
    click.echo(f"the book is that of {file}: it adds up, and every visit has a counter")

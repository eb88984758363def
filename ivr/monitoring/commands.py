"""The command that prints the dashboard and the alerts, also of an installed line."""

from importlib.resources import files

import click


@click.group()
def monitoring() -> None:
    """What Grafana and Prometheus are given for this line."""


@monitoring.command()
def dashboard() -> None:
    """Prints the dashboard, to be imported in Grafana."""
    click.echo(_file("dashboard.json"), nl=False)


@monitoring.command()
def alerts() -> None:
    """Prints the rules for alerts, a file of rules of Prometheus."""
    click.echo(_file("alerts.yaml"), nl=False)


def _file(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")

"""The units with which systemd keeps a line, its socket, its back-ups and its roster."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import click


class Installed(Protocol):
    """What answers at an address, for one municipality or for several."""

    @property
    def address(self) -> str:
        """On this machine."""

    @property
    def has_several(self) -> bool:
        """Whether commands must choose one."""


_SANDBOX = """\
DynamicUser=yes
User=appointment-line
StateDirectory=appointment-line
WorkingDirectory=/var/lib/appointment-line
EnvironmentFile=/etc/appointment-line/settings
LoadCredential=twilio_auth_token:/etc/appointment-line/twilio_auth_token
LoadCredential=secret_key:/etc/appointment-line/secret_key
Environment=PYTHONDONTWRITEBYTECODE=1
NoNewPrivileges=yes
PrivateDevices=yes
PrivateTmp=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHome=read-only
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectSystem=strict
CapabilityBoundingSet=
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
UMask=0077
"""


def units(home: Path, address: str, workers: int, *, several: bool) -> Mapping[str, str]:
    """The files of the units by name, for a line installed in `home` that listens at `address`.

    With `several` municipalities the book of each is copied, and the roster of each published.
    """
    python = sys.executable
    flask = f"{python} -m flask --app {home / 'app.py'}"
    moment = "$(date +%%Y-%%m-%%d-%%H%%M%%S)"
    backup = f"/bin/sh -c 'exec {flask} backup \"backup-{moment}\"'"
    publish = f"{flask} roster publish"
    if several:
        backup = _each(flask, f'backup "backup-$$name-{moment}"')
        publish = _each(flask, "roster publish")
    return {
        "appointment-line.socket": f"""\
[Unit]
Description=Where callers of the appointment line wait while it is restarted

[Socket]
ListenStream={address}
Backlog=1024

[Install]
WantedBy=sockets.target
""",
        "appointment-line.service": f"""\
[Unit]
Description=The appointment line
Requires=appointment-line.socket
After=network-online.target appointment-line.socket postgresql.service
Wants=network-online.target
StartLimitIntervalSec=0

[Service]
Type=exec
ExecStart={python} {home / "app.py"} --workers {workers}
Restart=always
RestartSec=1
KillSignal=SIGTERM
KillMode=mixed
TimeoutStopSec=15
LogRateLimitIntervalSec=30
LogRateLimitBurst=100000
{_SANDBOX}
[Install]
WantedBy=multi-user.target
""",
        "appointment-line-backup.service": _once("Copies the appointment book", backup),
        "appointment-line-backup.timer": _timer("Copies the appointment book", "hourly"),
        "appointment-line-roster.service": _once("Publishes the roster", publish),
        "appointment-line-roster.timer": _timer("Publishes the roster", "*-*-* 04:00"),
    }


def _each(flask: str, words: str) -> str:
    """A command for one municipality after another; one that fails does not keep the others."""
    one = f"MUNICIPALITY=$$name {flask} {words} || failed=1"
    return f"/bin/sh -c 'for name in $$({flask} municipalities); do {one}; done; exit $$failed'"


def _once(what: str, command: str) -> str:
    return f"""\
[Unit]
Description={what}
After=appointment-line.service

[Service]
Type=oneshot
ExecStart={command}
{_SANDBOX}"""


def _timer(what: str, when: str) -> str:
    return f"""\
[Unit]
Description={what}

[Timer]
OnCalendar={when}
Persistent=yes

[Install]
WantedBy=timers.target
"""


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, exists=True, path_type=Path))
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True)
@click.pass_obj
def systemd(telephone: Installed, folder: Path, workers: int) -> None:
    """Writes systemd's units for this installation to FOLDER, such as /etc/systemd/system."""
    home = Path(__file__).parents[1]
    address = urlsplit(telephone.address).netloc
    for name, text in units(home, address, workers, several=telephone.has_several).items():
        (folder / name).write_text(text, encoding="utf-8")
        click.echo(folder / name)

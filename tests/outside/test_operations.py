"""What keeps a line: systemd's units, a container's file, and settings in files of their own."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from app import application
from ivr.settings import Settings
from tests.conftest import World
from tests.outside.conftest import Installation
from tests.outside.running import ROOT, RunningLine

CONTAINERFILE = (ROOT / "Containerfile").read_text(encoding="utf-8")

SYSTEMD_WORDS = {
    "[Unit]": {
        "After",
        "Description",
        "Requires",
        "StartLimitIntervalSec",
        "Wants",
    },
    "[Install]": {
        "WantedBy",
    },
    "[Timer]": {
        "OnCalendar",
        "Persistent",
    },
    "[Socket]": {
        "Backlog",
        "ListenStream",
    },
    "[Service]": {
        "CapabilityBoundingSet",
        "DynamicUser",
        "Environment",
        "EnvironmentFile",
        "ExecStart",
        "KillMode",
        "KillSignal",
        "LoadCredential",
        "LockPersonality",
        "LogRateLimitBurst",
        "LogRateLimitIntervalSec",
        "NoNewPrivileges",
        "PrivateDevices",
        "PrivateTmp",
        "ProtectClock",
        "ProtectControlGroups",
        "ProtectHome",
        "ProtectKernelLogs",
        "ProtectKernelModules",
        "ProtectKernelTunables",
        "ProtectSystem",
        "Restart",
        "RestartSec",
        "RestrictAddressFamilies",
        "RestrictNamespaces",
        "RestrictRealtime",
        "RestrictSUIDSGID",
        "StateDirectory",
        "SystemCallArchitectures",
        "SystemCallFilter",
        "TimeoutStopSec",
        "Type",
        "UMask",
        "User",
        "WorkingDirectory",
    },
}
"""From systemd.unit(5), systemd.timer(5), systemd.socket(5), systemd.service(5), systemd.exec(5)
and systemd.kill(5): what the units use of it."""


@pytest.fixture
def units(world: World, tmp_path: Path) -> Path:
    """A folder with the units of this installation."""
    folder = tmp_path / "units"
    folder.mkdir()
    runner = application(world.parts).test_cli_runner()
    result = runner.invoke(args=["systemd", str(folder), "--workers", "3"])
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines() == [str(folder / each.name) for each in listed(folder)]
    return folder


def listed(folder: Path) -> list[Path]:
    """The units, in the order in which they were written."""
    return sorted(folder.iterdir(), key=lambda each: each.stat().st_mtime_ns)


def test_systemd_finds_nothing_wrong_with_the_units(units: Path) -> None:
    """Every word in them is one that systemd knows, and the programs are there.

    Its own opinion is asked where it is installed; a machine without it has the list of its words.
    """
    for unit in units.iterdir():
        assert unknown_words(unit) == []
    if shutil.which("systemd-analyze"):
        done = subprocess.run(  # noqa: S603
            ["systemd-analyze", "verify", *sorted(units.iterdir())],  # noqa: S607
            capture_output=True,
            text=True,
            check=False,
        )
        complaints = [line for line in done.stderr.splitlines() if "appointment-line" in line]
        assert complaints == [], done.stderr


def unknown_words(unit: Path) -> list[str]:
    """The lines of a unit that systemd would not know in the place where they stand."""
    section, unknown = "", []
    for line in unit.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            section = line
        elif line and line.partition("=")[0] not in SYSTEMD_WORDS.get(section, set()):
            unknown.append(line)
    return unknown


def test_a_word_that_systemd_does_not_know_is_found(units: Path) -> None:
    """A slip of the pen, and a word in a section that is not its own."""
    unit = units / "appointment-line.service"
    text = unit.read_text(encoding="utf-8")
    unit.write_text(text.replace("Restart=", "Restarts=") + "Persistent=yes\n", encoding="utf-8")
    assert unknown_words(unit) == ["Restarts=always", "Persistent=yes"]


def test_the_units_start_what_is_installed_here(units: Path) -> None:
    """With so many workers, at the port that is set, and again whenever it ends."""
    service = (units / "appointment-line.service").read_text(encoding="utf-8")
    python, program = re.findall(r"^ExecStart=(\S+) (\S+) --workers 3$", service, re.MULTILINE)[0]
    assert Path(python).is_file()
    assert Path(program) == ROOT / "app.py"
    assert "Restart=always" in service
    socket = (units / "appointment-line.socket").read_text(encoding="utf-8")
    assert "ListenStream=127.0.0.1:5000" in socket


def test_secrets_can_stand_in_files_that_systemd_hands_over(
    installation: Installation, tmp_path: Path
) -> None:
    """LoadCredential puts each into a file of its name; no environment shows them."""
    folder = tmp_path / "credentials"
    folder.mkdir()
    (folder / "twilio_auth_token").write_text("a-token-in-a-file", encoding="ascii")
    parts = installation.starts(
        CREDENTIALS_DIRECTORY=str(folder), PUBLIC_URL="https://afspraken.example.nl"
    )
    assert parts.signature.tokens == ("a-token-in-a-file",)


def test_every_setting_of_the_units_is_one_of_the_line(units: Path) -> None:
    """What is handed over has the name of a setting."""
    service = (units / "appointment-line.service").read_text(encoding="utf-8")
    names = set(re.findall(r"^LoadCredential=(\w+):", service, re.MULTILINE))
    assert names <= set(Settings.model_fields)


def test_everything_that_the_container_copies_is_there() -> None:
    """And every package of the line is among it."""
    copied = re.findall(r"^COPY (.*) \S+$", CONTAINERFILE, re.MULTILINE)
    names = " ".join(copied).split()
    assert [name for name in names if not (ROOT / name).exists()] == []
    assert {"app.py", "ivr", "scheduling", "prompts", "web", "uv.lock"} <= set(names)


def operations() -> str:
    """The README's section for who runs the line."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    return readme.partition("## Operations")[2].partition("\n## ")[0]


def test_the_commands_of_the_readme_do_what_it_says(running_line: RunningLine) -> None:
    """Each of them, in its order, beside a line that runs."""
    blocks = re.findall(r"^```sh\n(.*?)^```", operations(), re.MULTILINE | re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    wanted = [line.partition("#")[0].split() for line in lines if line.startswith("uv run flask")]
    assert [words[3] for words in wanted] == [
        *("systemd", "backup", "restore", "book", "backup", "check", "fallback")
    ]
    for words in wanted:
        here = [str(running_line.folder) if word == "/tmp" else word for word in words[3:]]  # noqa: S108
        done = running_line.flask(*here)
        assert (done.returncode, done.stderr) == (0, ""), words
    practised = running_line.flask(
        "restore", "book.backup", DATABASE_URL=f"sqlite:///{running_line.folder}/practice.sqlite3"
    )
    assert "it adds up" in practised.stdout
    assert running_line.flask("call", "--keys", "11111").returncode == 0


def test_the_units_that_the_readme_enables_are_written(units: Path) -> None:
    """And every setting that it names is one."""
    enabled = re.findall(r"enable --now (.*)$", operations(), re.MULTILINE)[0].split()
    names = {each.name for each in units.iterdir()}
    assert {name if "." in name else f"{name}.service" for name in enabled} <= names
    named = set(re.findall(r"`?\b((?:TWILIO|FALLBACK|DATABASE|PUBLIC)_[A-Z]+)\b", operations()))
    assert {name.lower() for name in named - {"TWILIO_AUTH"}} <= set(Settings.model_fields)

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
from tests.outside.running import ROOT

CONTAINERFILE = (ROOT / "Containerfile").read_text(encoding="utf-8")


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
    """Every word in them is one that systemd knows, and the programs are there."""
    if not shutil.which("systemd-analyze"):
        pytest.skip("no systemd here")
    done = subprocess.run(  # noqa: S603
        ["systemd-analyze", "verify", *sorted(units.iterdir())],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
    )
    complaints = [line for line in done.stderr.splitlines() if "appointment-line" in line]
    assert complaints == [], done.stderr


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

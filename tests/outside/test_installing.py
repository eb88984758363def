"""The steps of the README's operations and of the Containerfile, executed where a machine can."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.outside.running import ROOT, RunningLine, wait_for
from tests.outside.test_operations import CONTAINERFILE, operations
from tests.postgres import Server


class BuiltLine(RunningLine):
    """A line in a folder made by the steps of the Containerfile, with a Python of its own."""

    arguments = ("--workers", "2")

    def install(self) -> None:
        """Copies what is copied there, and installs as it is installed there."""
        for what in re.findall(r"^COPY (.*) \S+$", CONTAINERFILE, re.MULTILINE):
            for name in what.split():
                copied = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
                copied(ROOT / name, self.folder / name)
        words = re.findall(r"uv (sync .*?) (?:&&|\\)", CONTAINERFILE)[0].split()
        words.remove("--no-cache")
        done = subprocess.run(  # noqa: S603  the words of our own file
            [uv(), *words, "--python", sys.executable],
            cwd=self.folder,
            env={name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr

    @property
    def python(self) -> str:
        """Its own, which has what a container has and nothing else."""
        return str(self.folder / ".venv" / "bin" / "python")


def uv() -> str:
    """The program that installs: the one that runs the tests, or one of the machine."""
    own = ROOT / ".uv" / "bin" / "uv"
    found = os.environ.get("UV") or (str(own) if own.is_file() else shutil.which("uv"))
    assert found, "no uv here: run the tests as the README says"
    return found


@pytest.fixture
def built(tmp_path: Path) -> Iterator[BuiltLine]:
    """A line as in a container, with its volume."""
    (tmp_path / "line").mkdir()
    line = BuiltLine(tmp_path / "line", STATE_DIRECTORY=str(tmp_path / "data"), DATABASE_URL="")
    yield line
    line.stop()


def test_what_the_containerfile_builds_answers_and_stops(built: BuiltLine, tmp_path: Path) -> None:
    """Its health check is content; after SIGTERM all is over, and the volume has the book."""
    built.start()
    check = json.loads(re.findall(r"^HEALTHCHECK CMD (.*)$", CONTAINERFILE, re.MULTILINE)[0])
    assert check[0] == "python"
    assert built.runs(*check[1:]).returncode == 0
    assert built.flask("call", "--keys", "11111").returncode == 0
    process = built._process
    assert process
    process.terminate()
    assert process.wait(timeout=60) == 0
    assert built.runs(*check[1:]).returncode == 1
    assert (tmp_path / "data" / "line.sqlite3").stat().st_size > 0
    assert not (built.folder / "instance").exists()


def test_a_container_runs_as_nobody_of_importance() -> None:
    """What is run after USER owns the volume alone; the signal is the one that ends calls well."""
    before, _, after = CONTAINERFILE.partition("\nUSER line\n")
    assert "install -d -o line -m 700 /data" in before
    assert re.findall(r"^RUN|^USER|^COPY", after, re.MULTILINE) == []
    assert "STATE_DIRECTORY=/data" in after
    assert 'CMD ["python", "app.py"]' in after
    assert "STOPSIGNAL SIGTERM" in after


def test_the_database_of_the_readme(
    postgresql: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its role and its database are made, the line starts, and a copy is put into an empty one."""
    monkeypatch.setenv("PATH", str(postgresql.programs), prepend=":")
    section = operations().partition("### PostgreSQL and several workers")[2]
    steps = re.findall(r"^(create.*)$", section.partition("###")[0], re.MULTILINE)
    address = re.findall(r"^DATABASE_URL=(\S+)", section, re.MULTILINE)[0]
    here = address.replace("@db.example.nl/", "@/") + f"?host={postgresql.sockets}"
    for step in (*steps, "createdb --owner line practice"):
        administers(postgresql, *step.partition("#")[0].split())
    line = RunningLine(tmp_path, DATABASE_URL=here)
    line.start()
    try:
        assert line.flask("call", "--keys", "11111").returncode == 0
        assert line.flask("backup", "book.backup").returncode == 0
        practice = {"DATABASE_URL": here.replace("/line?", "/practice?")}
        restored = line.flask("restore", "book.backup", **practice)
        assert "it adds up" in restored.stdout, restored.stderr
        booked, found = (line.flask("agenda", "--json", **how).stdout for how in ({}, practice))
        assert json.loads(booked) == json.loads(found) != []
    finally:
        line.stop()


def administers(server: Server, *command: str) -> None:
    """Runs one of PostgreSQL's programs as its administrator."""
    environment = os.environ | {"PGHOST": str(server.sockets), "PGUSER": "postgres"}
    subprocess.run(command, env=environment, check=True)  # noqa: S603  the words of the README


def test_commands_beside_systemd_have_its_settings(tmp_path: Path) -> None:
    """The shell function of the README, in a folder of this test in place of the system's."""
    function = re.findall(r"^line\(\) .*?^```", operations(), re.MULTILINE | re.DOTALL)[0]
    etc, var = tmp_path / "etc", tmp_path / "var"
    etc.mkdir()
    (etc / "settings").write_text(
        f"PUBLIC_URL=https://afspraken.example.nl\nDATABASE_URL='sqlite:///{var}/a&b.sqlite3'\n",
        encoding="utf-8",
    )
    (etc / "twilio_auth_token").write_text("a-token-in-a-file", encoding="ascii")
    for there, here in (
        ("sudo ", ""),
        ("/etc/appointment-line", str(etc)),
        ("/var/lib/appointment-line", str(var)),
        ("/srv/appointment-line/.venv/bin/flask", f"{sys.executable} -m flask"),
        ("/srv/appointment-line", str(ROOT)),
    ):
        assert there in function
        function = function.replace(there, here)
    script = function.removesuffix("```") + "line check; line book verify"
    done = subprocess.run(  # noqa: S603  the words of the README
        ["/bin/sh", "-c", script],
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "TWILIO_ACCOUNT_SID" in done.stderr, done.stderr  # for the token was read
    assert (var / "a&b.sqlite3").exists()


def test_a_log_that_is_cut_while_the_line_writes_goes_on(running_line: RunningLine) -> None:
    """As logrotate does with copytruncate: the next line stands at the beginning."""
    log = running_line.folder / "printed"
    running_line.flask("call", "--keys", "1")
    os.truncate(log, 0)
    running_line.flask("call", "--keys", "1")
    wait_for(lambda: log.read_bytes().endswith(b"}\n"))
    written = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert written
    assert all("time" in each for each in written)

"""A line of several municipalities that really runs: started, rung, asked by commands."""

import re
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.outside.running import ROOT, RunningLine, free_port
from tests.outside.test_start import refusal
from tests.tenants import LINES, NOBODYS, write

BOTH = ("katwijk", "leiderdorp")


class Towns(RunningLine):
    """Leiderdorp and Katwijk in one installation, each in an SQLite file of its own."""

    arguments = ("--at", "2026-12-01 10:00", "--workers", "2")

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        write(folder / "municipalities")

    @property
    def environment(self) -> dict[str, str]:
        """What is set for all of them; nothing for one."""
        common = super().environment | {"MUNICIPALITIES": "municipalities"}
        del common["DATABASE_URL"]
        return common


README = (ROOT / "README.md").read_text(encoding="utf-8")
SECTION = README.partition("## Several municipalities in one installation")[2].partition("\n## ")[0]


@pytest.fixture(scope="module")
def towns(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Towns]:
    """The line, started."""
    line = Towns(tmp_path_factory.mktemp("towns"))
    line.start()
    yield line
    line.stop()


def booked(towns: Towns, name: str) -> int:
    """How many appointments stand in the book of one."""
    done = towns.flask("agenda", MUNICIPALITY=name)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.count(" booked ")


def test_the_start_tells_each_with_its_number_and_its_address(towns: Towns) -> None:
    """And what to do with them."""
    for name, number in LINES.items():
        line = f"{number}  http://127.0.0.1:{towns.port}/{name}  answers"
        assert line in towns.printed()
    assert "flask call --to NUMBER" in towns.printed()


def test_each_number_is_rung_and_books_in_its_own_book(towns: Towns) -> None:
    """Through the address that both share, and through that of one."""
    before = {name: booked(towns, name) for name in BOTH}
    for name, number in LINES.items():
        done = towns.flask("call", "--to", number, "--keys", "11111")
        assert (done.returncode, done.stderr) == (0, "")
        assert name.capitalize() in done.stdout
    own = towns.flask("call", "--keys", "11111", MUNICIPALITY="katwijk")
    assert own.returncode == 0
    assert booked(towns, "leiderdorp") == before["leiderdorp"] + 1
    assert booked(towns, "katwijk") == before["katwijk"] + 2


def test_each_keeps_its_files_in_a_folder_of_its_own(towns: Towns) -> None:
    """Book, token and key; the tokens are different."""
    tokens = set()
    for name in BOTH:
        folder = towns.folder / "instance" / name
        assert (folder / "line.sqlite3").is_file()
        assert (folder / "secret-key").stat().st_mode & 0o777 == 0o600
        tokens.add((folder / "demo-token").read_text(encoding="ascii"))
    assert len(tokens) == 2


def test_each_has_a_sender_of_its_own(towns: Towns) -> None:
    """What was booked at one is told by that one, with its own name in the log."""
    done = towns.flask("call", "--to", LINES["katwijk"], "--keys", "11111")
    assert done.returncode == 0
    deadline = time.monotonic() + 30
    while "municipality of Katwijk" not in (told := texts(towns, "katwijk")):
        assert time.monotonic() < deadline, told
    assert "Leiderdorp" not in told


def texts(towns: Towns, name: str) -> str:
    """What one has told by text."""
    return towns.flask("messages", "--texts", MUNICIPALITY=name).stdout


def test_a_number_that_nobody_has_can_be_rung(towns: Towns) -> None:
    """To hear what a caller would hear."""
    done = towns.flask("call", "--to", NOBODYS, "--keys", "1")
    assert "Dit nummer is niet goed ingesteld." in done.stdout
    assert done.returncode == 1


def test_a_command_for_one_says_how_to_choose(towns: Towns) -> None:
    """Any command, with whatever options; and a name that nobody has."""
    for words in (("agenda", "--days", "3"), ("book", "verify"), ("staff", "list"), ("nonsense",)):
        done = towns.flask(*words)
        assert done.returncode == 1
        assert "set MUNICIPALITY to one of katwijk, leiderdorp" in done.stderr
    assert "say which number to ring" in towns.flask("call", "--keys", "1").stderr
    done = towns.flask("agenda", MUNICIPALITY="leiden")
    assert "it chooses one of katwijk, leiderdorp" in done.stderr
    assert "Traceback" not in done.stderr


def test_all_are_checked_together(towns: Towns) -> None:
    """And listed: names for loops, or with numbers and addresses."""
    done = towns.flask("check")
    assert done.stdout.splitlines() == [f"{name}: everything is in order" for name in BOTH]
    assert towns.flask("municipalities").stdout.split() == list(BOTH)
    long = towns.flask("municipalities", "--long").stdout
    assert re.search(rf"katwijk +{re.escape(LINES['katwijk'])} +http://\S+/katwijk\n", long)


def test_what_is_wrong_with_one_is_told_by_the_check(towns: Towns) -> None:
    """The others are in order."""
    settings = towns.folder / "municipalities" / "katwijk" / "settings.env"
    settings.write_text(f"DATABASE_URL=sqlite:///{towns.folder}/new.sqlite3\n", encoding="utf-8")
    try:
        done = towns.flask("check")
    finally:
        settings.unlink()
    assert done.returncode == 1
    assert "leiderdorp: everything is in order" in done.stdout
    assert "katwijk: DATABASE_URL: the tables are of version None" in done.stderr


def test_systemds_units_are_for_all_of_them(towns: Towns) -> None:
    """The book of each is copied, and the roster of each published, by the command of the unit."""
    folder = towns.folder / "units"
    folder.mkdir(exist_ok=True)
    assert towns.flask("systemd", str(folder)).returncode == 0
    assert towns.flask("systemd", str(folder), MUNICIPALITY="katwijk").returncode == 0
    unit = (folder / "appointment-line-roster.service").read_text(encoding="utf-8")
    (shell,) = re.findall(r"^ExecStart=/bin/sh -c '(.*)'$", unit, re.MULTILINE)
    done = towns.sh(shell.replace("$$", "$").replace("%%", "%"))
    assert done.stdout.count("published ") == 2
    assert done.returncode == 0
    socket = (folder / "appointment-line.socket").read_text(encoding="utf-8")
    assert f"ListenStream=127.0.0.1:{towns.port}\n" in socket
    unit = (folder / "appointment-line-backup.service").read_text(encoding="utf-8")
    (shell,) = re.findall(r"^ExecStart=/bin/sh -c '(.*)'$", unit, re.MULTILINE)
    done = towns.sh(shell.replace("$$", "$").replace("%%", "%"))
    assert len(list(towns.folder.glob("backup-katwijk-2*"))) == 1
    assert len(list(towns.folder.glob("backup-leiderdorp-2*"))) == 1


def test_all_of_them_are_answered_and_not_one(towns: Towns) -> None:
    """MUNICIPALITY chooses one for a command."""
    told = refusal(towns, PORT=str(free_port()), MUNICIPALITY="katwijk")
    assert "unset MUNICIPALITY" in told


def test_one_that_cannot_start_does_not_keep_the_others(tmp_path: Path) -> None:
    """Its database is away when the line starts: that is told, and the other is answered."""
    line = Towns(tmp_path)
    own = tmp_path / "municipalities" / "leiderdorp" / "settings.env"
    own.write_text("DATABASE_URL=postgresql://line@127.0.0.1:1/line\n", encoding="ascii")
    line.start()
    try:
        assert "Error: leiderdorp: DATABASE_URL: the database does not answer" in line.printed()
        done = line.flask("call", "--to", LINES["katwijk"], "--keys", "11111")
        assert done.returncode == 0
        away = line.flask("call", "--to", LINES["leiderdorp"], "--keys", "1")
        assert "Sorry, er ging iets mis." in away.stdout
        assert "(rings +31715458501" in away.stdout
    finally:
        line.stop()


def test_all_that_cannot_start_are_told(towns: Towns) -> None:
    """Then there is nothing to answer."""
    nowhere = "postgresql://line@127.0.0.1:1/{municipality}"
    told = refusal(towns, PORT=str(free_port()), DATABASE_URL=nowhere)
    for name in BOTH:
        assert f"{name}: DATABASE_URL: the database does not answer" in told


def test_the_commands_of_the_readme_do_what_it_says(tmp_path: Path) -> None:
    """Each of them, in its order: the folders are made, the line started, both rung and copied."""
    first, second = re.findall(r"^```sh\n(.*?)^```", SECTION, re.MULTILINE | re.DOTALL)
    line = Towns(tmp_path)
    shutil.rmtree(tmp_path / "municipalities")
    making, start = first.split("MUNICIPALITIES=municipalities uv run app.py")
    assert start == ' --at "2026-12-01 10:00"\n'
    done = line.sh(making)
    assert (done.returncode, done.stderr) == (0, "")
    line.start()
    try:
        for command in second.splitlines():
            done = line.sh(command.replace("uv run", f"{sys.executable} -m"))
            assert (done.returncode, done.stderr) == (0, ""), command
        assert {each.name for each in tmp_path.glob("*.backup")} == {f"{n}.backup" for n in BOTH}
        assert booked(line, "katwijk") == 1
    finally:
        line.stop()


def test_every_attack_that_the_readme_names_is_tested() -> None:
    """A promise without a test is none."""
    named = re.findall(r"`(test_[a-z_]+)`", SECTION)
    files = (ROOT / "tests" / "ivr" / "tenants").glob("test_*.py")
    text = "".join(each.read_text(encoding="utf-8") for each in files)
    assert len(named) == 9
    assert [name for name in named if f"def {name}(" not in text] == []

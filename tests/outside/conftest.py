"""An installation to be started with any settings, and a line that really runs."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app import installed
from ivr.parts import Parts
from ivr.settings import Settings
from tests.outside.running import RunningLine
from tests.prompts.languages import kept_in


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder with copies of the languages that ship, which the catalogue reads instead."""
    prompts = tmp_path / "prompts"
    prompts.mkdir()
    with kept_in(prompts) as path:
        yield path


class Installation:
    """An empty folder in which the line is started with nothing set but what a test sets."""

    def __init__(self, folder: Path, environment: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.environment = environment
        self.started: list[Parts] = []

    def starts(self, instance: str = "instance", **settings: str) -> Parts:
        """The parts of a line that is started with these settings; raises CannotStart."""
        for name in Settings.model_fields:
            self.environment.delenv(name.upper(), raising=False)
        for name, value in settings.items():
            self.environment.setenv(name, value)
        (parts,) = installed(self.folder / instance)
        self.started.append(parts)
        return parts

    def writes(self, name: str, text: str) -> Path:
        """A file in the folder."""
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path


@pytest.fixture
def installation(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Installation]:
    """An installation with no settings, no `.env`, and the languages that ship."""
    assert folder.is_relative_to(tmp_path)
    monkeypatch.chdir(tmp_path)
    made = Installation(tmp_path, monkeypatch)
    yield made
    for parts in made.started:
        parts.database.close()


@pytest.fixture(scope="session")
def running_line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningLine]:
    """A line of its own that answers on a free port, on a Tuesday at ten."""
    line = RunningLine(tmp_path_factory.mktemp("line"))
    line.start()
    yield line
    line.stop()

"""Municipality files with mistakes in them, made of the one that ships with the line."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from scheduling.municipality_file import LEIDERDORP, BrokenFile, Mistake, read

TEXT = LEIDERDORP.read_text(encoding="utf-8")


@dataclass(frozen=True)
class Slip:
    """A mistake that somebody makes: what he changes, where it is, and what he is told.

    The mistake is on the line of `marked`, which comes in the changed file for the first time after
    the first `after`.
    """

    old: str
    new: str
    marked: str
    says: tuple[str, ...]
    after: str = ""


def mistakes_in(text: str | bytes, folder: Path) -> list[Mistake]:
    """What is wrong with a file of this text."""
    path = folder / "municipality.toml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    with pytest.raises(BrokenFile) as broken:
        read(path)
    assert all(mistake.file == path for mistake in broken.value.mistakes)
    return broken.value.mistakes


def changed(slip: Slip) -> str:
    """Leiderdorp's file with the slip in it."""
    assert slip.old in TEXT
    return TEXT.replace(slip.old, slip.new, 1)


def line_of(text: str, slip: Slip) -> int:
    """The line on which the slip stands."""
    at = text.index(slip.marked, text.index(slip.after))
    return text.count("\n", 0, at) + 1


def require_told(slip: Slip, folder: Path) -> None:
    """Whoever makes the slip is told of it, with its line and what would be right."""
    text = changed(slip)
    line = line_of(text, slip)
    told = [str(mistake) for mistake in mistakes_in(text, folder) if mistake.line == line]
    assert any(all(word in each for word in slip.says) for each in told), told

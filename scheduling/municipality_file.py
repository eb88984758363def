"""Reads the municipality's file, and says of each mistake where it is and what would be right."""

import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from msgspec import Struct
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from scheduling import toml_lines
from scheduling.municipality import Municipality
from scheduling.municipality_rules import broken_rules

LEIDERDORP = Path(__file__).with_name("leiderdorp.toml")
"""The municipality that ships with the line."""


class Mistake(Struct, frozen=True):
    """One thing that is wrong in a file: where, what, and what would be right."""

    file: Path
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


class BrokenFile(Exception):  # noqa: N818  named for what happened
    """The municipality's file cannot be used; `mistakes` has all that is wrong with it."""

    def __init__(self, mistakes: list[Mistake]) -> None:
        super().__init__("\n".join(map(str, mistakes)))
        self.mistakes = mistakes


@dataclass(frozen=True)
class MunicipalityFile:
    """A municipality as read, with the way back to the lines of its file."""

    path: Path
    municipality: Municipality
    text: str = field(repr=False)

    def mistake(self, where: toml_lines.Path, message: str) -> Mistake:
        """A mistake found by somebody else (say, a voice that does not exist), with its line."""
        return _mistake(self.path, self.text, where, message)


def read(path: Path) -> MunicipalityFile:
    """The municipality that a file describes.

    Raises BrokenFile with every mistake found, or OSError where the file cannot be opened.
    """
    try:
        text = path.read_text(encoding="utf-8")
        table = tomllib.loads(text)
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise BrokenFile([Mistake(path, line, "is not UTF-8; save the file as UTF-8")]) from None
    except tomllib.TOMLDecodeError as error:
        raise BrokenFile([_syntax_mistake(path, text, str(error))]) from None
    except (RecursionError, ValueError):  # a number, or brackets in brackets, without an end
        longest = max(enumerate(text.split("\n"), 1), key=lambda line: len(line[1]))[0]
        says = "has a number, or brackets in brackets, too long to be read; write it shorter"
        raise BrokenFile([Mistake(path, longest, says)]) from None
    try:
        municipality = Municipality.model_validate(table)
    except ValidationError as error:
        raise BrokenFile([_invalid(path, text, each) for each in error.errors()]) from None
    file = MunicipalityFile(path, municipality, text)
    if mistakes := [file.mistake(where, says) for where, says in broken_rules(municipality)]:
        raise BrokenFile(mistakes)
    return file


def _syntax_mistake(path: Path, text: str, message: str) -> Mistake:
    """The reader's own message; it ends in "(at line 3, column 5)" or "(at end of document)"."""
    words = message.replace(",", "").split()
    last = text.rstrip().count("\n") + 1
    at = words[words.index("line") + 1] if "line" in words else last
    return Mistake(path, int(at), f"is not TOML: {message}")


def _invalid(path: Path, text: str, error: ErrorDetails) -> Mistake:
    where = tuple(part for part in error["loc"] if part != "[key]")
    name = ".".join(str(part) for part in where)
    says = error["msg"].removeprefix("Value error, ")
    if error["type"] == "extra_forbidden":
        says = "is not a setting that the line knows; remove it or mend its spelling"
    if error["type"] == "missing":
        says = "is missing; scheduling/leiderdorp.toml shows how to write it"
    return _mistake(path, text, where, f"{name}: {says}")


def _mistake(path: Path, text: str, where: toml_lines.Path, message: str) -> Mistake:
    return Mistake(path, toml_lines.line_of(toml_lines.line_numbers(text), where), message)

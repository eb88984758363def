"""On which line of a TOML file each value stands; the standard library's reader does not tell."""

import re
import tomllib
from collections.abc import Iterator

Path = tuple[str | int, ...]
_HEADER = re.compile(r"^\s*(\[\[?)(.+?)\]\]?\s*(#.*)?$")


def line_numbers(text: str) -> dict[Path, int]:
    """The line of each table and key, by its path; a value inside a value has its key's line.

    The text must be valid TOML.
    """
    lines: dict[Path, int] = {}
    here: Path = ()
    counts: dict[Path, int] = {}
    for number, statement in _statements(text):
        header = _HEADER.match(statement)
        if header:
            here = _place(header[2], array=header[1] == "[[", counts=counts)
            lines[here] = number
        else:
            for path in _paths(tomllib.loads(statement)):
                lines.setdefault(here + path, number)
    return lines


def line_of(lines: dict[Path, int], path: Path) -> int:
    """The line of a path, or of the nearest thing around it that has one."""
    for length in range(len(path), 0, -1):
        if path[:length] in lines:
            return lines[path[:length]]
    return 1


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Each header or assignment with the number of its first line; it ends where it is whole."""
    pending = ""
    first = 1
    for number, line in enumerate(text.split("\n"), 1):
        if not pending:
            if not line.strip() or line.lstrip().startswith("#"):
                continue
            first = number
            if _HEADER.match(line):
                yield number, line
                continue
        pending += line + "\n"
        try:
            tomllib.loads(pending)
        except tomllib.TOMLDecodeError:
            continue
        yield first, pending
        pending = ""


def _place(header: str, *, array: bool, counts: dict[Path, int]) -> Path:
    """The path of a table header, with the index of each array of tables that it stands in."""
    keys = next(iter(_paths(tomllib.loads(f"[{header}]"))))
    path: Path = ()
    for depth, key in enumerate(keys, 1):
        path += (key,)
        if array and depth == len(keys):
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path += (counts[path],)
    return path


def _paths(value: object) -> Iterator[Path]:
    """Every path in a parsed value, outermost last, so that the deepest table comes first."""
    found: list[Path] = []
    pending: list[tuple[object, Path]] = [(value, ())]
    while pending:
        here, path = pending.pop()
        if path:
            found.append(path)
        if isinstance(here, dict):
            pending += [(inner, (*path, key)) for key, inner in here.items()]
    return reversed(found)

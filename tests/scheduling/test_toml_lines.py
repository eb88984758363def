"""Every key of a file is found on the line on which it stands."""

import re
import tomllib
from functools import reduce
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.municipality_file import LEIDERDORP
from scheduling.toml_lines import Path, line_numbers, line_of

TEXT = LEIDERDORP.read_text(encoding="utf-8")
LINES = TEXT.splitlines()


def value_at(text: str, path: Path) -> object:
    """What a file says at a path."""
    parsed: Any = tomllib.loads(text)
    return reduce(lambda found, key: found[key], path, parsed)


def paths_of(value: object, path: Path = ()) -> list[Path]:
    """Every path of a parsed file that leads to a key."""
    if isinstance(value, dict):
        inner = [found for key, each in value.items() for found in paths_of(each, (*path, key))]
        return [path, *inner] if path and isinstance(path[-1], str) else inner
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return [path] + [
            found for n, each in enumerate(value) for found in paths_of(each, (*path, n))
        ]
    return [path]


def test_every_key_of_leiderdorp_has_the_line_on_which_it_stands() -> None:
    """Who changes the line that is named for a key changes that key and no other."""
    numbers = line_numbers(TEXT)
    changed = 0
    for path, number in numbers.items():
        line = LINES[number - 1]
        if not re.fullmatch(rf"\s*{path[-1]}\s*=.*[^\[]", line):
            continue
        mended = [*LINES[: number - 1], f'{path[-1]} = "mended"', *LINES[number:]]
        assert value_at("\n".join(mended), path) == "mended"
        changed += 1
    assert changed > 100


def test_every_table_of_leiderdorp_has_the_line_of_its_header() -> None:
    """A table that is named with a line begins on that line."""
    numbers = line_numbers(TEXT)
    headers = {path: LINES[n - 1] for path, n in numbers.items() if LINES[n - 1].startswith("[")}
    assert len(headers) == sum(line.startswith("[") for line in LINES)
    for path, line in headers.items():
        names = [key for key in path if isinstance(key, str)]
        assert re.match(r"\[+([^\]]+)\]+", line)[1].split(".") == names  # type: ignore[index]


def test_no_key_of_leiderdorp_is_without_a_line() -> None:
    """Whatever is wrong in the file, its own line can be named, or that of the table it is in."""
    numbers = line_numbers(TEXT)
    implied = {("telephone", "hours"), ("holidays",), ("groups",), ("counters",), ("rosters",)}
    without = {path for path in paths_of(tomllib.loads(TEXT)) if path not in numbers}
    assert without - implied == {("services",), ("pools",)}


@pytest.mark.parametrize(
    ("text", "path", "line"),
    [
        ("a = 1\nb = 2\n", ("b",), 2),
        ("\n# b = 1\n  b = 2 # b\n", ("b",), 3),
        ("[t]\nb = 2\n[t.u]\nc = 3\n", ("t", "u", "c"), 4),
        ("[[t]]\nb = 1\n[[t]]\nb = 2\n", ("t", 1, "b"), 4),
        ("[[t]]\n[[t.u]]\nb = 1\n[[t]]\n[[t.u]]\nb = 2\n", ("t", 1, "u", 0, "b"), 6),
        ("[[t]]\n[t.u]\nb = 1\n[[t]]\n[t.u]\nb = 2\n", ("t", 1, "u", "b"), 6),
        ('a = """\nb = 1\n[t]\n"""\nb = 2\n', ("b",), 5),
        ("a = '''\n\n'''\nb = 2\n", ("b",), 4),
        ('a = [\n  "x", # ]\n  "y",\n]\nb = 2\n', ("b",), 5),
        ("a = { b = 1, c = { d = 2 } }\ne = 1\n", ("a", "c", "d"), 1),
        ("a.b.c = 1\na.d = 2\n", ("a", "d"), 2),
        ('[ "t u" . v ] # w\nb = 1\n', ("t u", "v", "b"), 2),
        ("a = [\n[1, 2],\n[3],\n]\nb = 2\n", ("b",), 5),
        ("a = 1\r\nb = 2\r\n", ("b",), 2),
        ("a = 'x\u2028y'\nb = 2\n", ("b",), 2),
        ("a = 'x\x85y'\nb = 2\n", ("b",), 2),
    ],
)
def test_a_key_is_found_however_the_file_is_written(text: str, path: Path, line: int) -> None:
    """Tables, arrays of tables, values over several lines, comments and odd characters."""
    assert value_at(text, path) is not None
    assert line_numbers(text)[path] == line


def test_what_has_no_line_has_that_of_what_is_around_it() -> None:
    """A missing key is a mistake in its table; a value in a list stands where the list begins."""
    lines = line_numbers("a = 1\n[t]\nb = [\n  'x',\n  'y',\n]\n")
    assert line_of(lines, ("t", "missing")) == 2
    assert line_of(lines, ("t", "b", 1)) == 3
    assert line_of(lines, ("missing", "too")) == 1


VALUES = st.sampled_from(
    (
        "1",
        '"x"',
        '"[t]"',
        "'a = 1 # no'",
        "[1, 2]",
        "[\n  1,\n  # [t]\n  2,\n]",
        '["""\n[[t]]\n""", "b"]',
        '"""\nk = 1\n[x]\n"""',
        "{ i = 1, j = [2] }",
        "2026-12-24T12:00:00 # [x]",
    )
)
BLOCKS = st.tuples(
    st.sampled_from(("[t{n}]", "[t{n}.u]", "[[s]]", "[[s]] # more", "  [ v{n} . w ]")),
    st.lists(st.tuples(VALUES, st.sampled_from(("", "\n", "# k = 1\n"))), max_size=4),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(BLOCKS, max_size=6))
def test_any_key_is_found(blocks: list[tuple[str, list[tuple[str, str]]]]) -> None:
    """In any file, the line that is named for a key is the one that begins with it."""
    text = ""
    keys = 0
    for n, (header, entries) in enumerate(blocks):
        text += header.format(n=n) + "\n"
        for value, between in entries:
            text += f"{between}key{keys} = {value}\n"
            keys += 1
    lines = text.split("\n")
    numbers = {path: line for path, line in line_numbers(text).items() if "key" in str(path[-1])}
    assert len(numbers) == keys
    for path, line in numbers.items():
        assert lines[line - 1].startswith(f"{path[-1]} = ")
        assert value_at(text, path) is not None

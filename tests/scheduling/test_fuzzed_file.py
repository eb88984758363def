"""Whatever somebody does to the municipality's file, he is told where, or it is a file."""

import tempfile
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scheduling.calendar import Calendar
from scheduling.municipality_file import LEIDERDORP, BrokenFile, Mistake, read
from tests.conftest import TEN_O_CLOCK, TUESDAY
from tests.scheduling.towns import town

TEXT = LEIDERDORP.read_text(encoding="utf-8")
LINES = TEXT.split("\n")
VALUES = st.sampled_from(
    (
        *('""', '" "', '"x"', "0", "-1", "1", "7", "9999999999999999999", "1e400", "nan", "inf"),
        *("true", "[]", "[[]]", "{}", '["x"]', "{ nl = 1 }", '{ nl = "" }', '{ "" = "x" }'),
        *("2026-12-01", "2026-12-01T10:00:00", "2026-12-01T10:00:00Z", "10:00:00", "0001-01-01"),
        *(
            "9999-12-31",
            '"24:00"',
            '"00:00"',
            '"23:59"',
            '"+31612345678"',
            '"sip:a@b"',
            '"\\u0000"',
        ),
        *('"FREQ=DAILY"', '"FREQ=YEARLY;BYEASTER=1000000"', '"FREQ=YEARLY;INTERVAL=99999"'),
        *('"FREQ=WEEKLY;BYDAY=XX"', '"FREQ=DAILY;COUNT=0"', '"FREQ=DAILY;UNTIL=1"', '"FREQ="'),
        *(
            '"FREQ=MONTHLY;BYMONTHDAY=32"',
            '"FREQ=YEARLY;BYMONTH=13"',
            '"FREQ=DAILY;UNTIL=20260101Z"',
        ),
        *('"RRULE:FREQ=DAILY\\nEXDATE:20260101"', '"FREQ=DAILY;BYSETPOS=1"', '"FREQ=DAILY;WKST=9"'),
        *('"FREQ=YEARLY;BYWEEKNO=60"', '"FREQ=YEARLY;BYYEARDAY=400"', '"FREQ=DAILY;INTERVAL=-1"'),
    )
)
AT = st.integers(0, len(LINES) - 1)


def require_told(text: str | bytes) -> None:
    """The file is right, or every mistake has this file and a line of it, and some words."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "municipality.toml"
        data = text.encode("utf-8", "surrogateescape") if isinstance(text, str) else text
        path.write_bytes(data)
        # Python and most editors begin a line after a lone carriage return too.
        lines = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").count(b"\n") + 1
        for mistake in mistakes_in(path):
            assert mistake.file == path
            assert 1 <= mistake.line <= lines
            assert len(mistake.message.split()) > 1


def mistakes_in(path: Path) -> list[Mistake]:
    """What is wrong with a file; nothing where it can be used."""
    try:
        calendar = Calendar(read(path).municipality)
    except BrokenFile as broken:
        return broken.mistakes or [Mistake(path, 0, "nothing")]
    # A file that is right answers, and does not look for a day for ever.
    calendar.telephone_opens(TEN_O_CLOCK)
    for service in calendar.municipality.services.values():
        if service.term:
            calendar.last_day_of_term(service.term, TUESDAY)
    return []


often = settings(deadline=None, max_examples=150)


@often
@given(AT, VALUES)
def test_another_value_anywhere_is_told_or_is_right(at: int, value: str) -> None:
    """A setting with a value of another kind, or of no sense."""
    lines = list(LINES)
    key, equals, _ = lines[at].partition("=")
    lines[at] = f"{key}= {value}" if equals else value
    require_told("\n".join(lines))


@often
@given(st.lists(AT, min_size=1, max_size=5), AT, AT)
def test_lines_lost_and_moved_are_told_or_are_right(gone: list[int], one: int, other: int) -> None:
    """Somebody cut and pasted."""
    lines = list(LINES)
    lines[one], lines[other] = lines[other], lines[one]
    require_told("\n".join(line for n, line in enumerate(lines) if n not in gone))


@often
@given(st.integers(0, len(TEXT)), st.integers(0, 40), st.text(max_size=6))
@example(0, 0, "\ufeff")
@example(len(TEXT), 0, "\n[[rosters]]")
@example(len(TEXT), 0, "\n[telephone.hours]")
@example(len(TEXT), 0, "\na." * 300 + "b = 1")
def test_letters_lost_and_typed_are_told_or_are_right(at: int, gone: int, typed: str) -> None:
    """A slip of the finger, anywhere."""
    require_told(TEXT[:at] + typed + TEXT[at + gone :])


@often
@given(st.integers(0, len(TEXT)), st.binary(max_size=8))
def test_any_bytes_are_told_or_are_right(at: int, typed: bytes) -> None:
    """A file that another program has saved."""
    data = TEXT.encode()
    require_told(data[:at] + typed + data[at:])


@often
@given(st.binary(max_size=200))
@example(b"\r\x00")
@example(b"")
@example(b"\x00")
@example(b"a = " + b"[" * 5000)
@example(b"a" + b".a" * 5000 + b" = 1")
@example(b"a = " + b"9" * 5000)
def test_what_is_no_such_file_at_all_is_told(data: bytes) -> None:
    """A photograph, or nothing."""
    require_told(data)


@pytest.mark.parametrize(
    "rule",
    ["FREQ=DAILY;INTERVAL=-1", "FREQ=YEARLY;BYEASTER=1000000", "FREQ=YEARLY;BYEASTER=-999"],
)
def test_a_rule_that_never_comes_is_told(rule: str) -> None:
    """Before, the line looked for such a day for ever."""
    for old in ("FREQ=WEEKLY;BYDAY=WE", "FREQ=YEARLY;BYEASTER=39"):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "municipality.toml"
            path.write_text(TEXT.replace(old, rule), encoding="utf-8")
            assert "is not a recurrence rule of days" in str(mistakes_in(path)[0])


def test_a_town_in_which_every_day_is_a_day_off_has_terms_that_end() -> None:
    """After a year; nobody looks for a working day for ever."""
    off = {"name": {"nl": "vrij", "en": "off"}, "rules": ["FREQ=DAILY"]}
    calendar = town(holidays=[off])
    term = calendar.municipality.services["birth"].term
    assert term
    assert calendar.last_day_of_term(term, TUESDAY) == TUESDAY + timedelta(days=366)

"""Who changes the municipality's file and slips is told where, and what would be right."""

import subprocess
import sys
from pathlib import Path

import pytest

from scheduling.municipality_file import LEIDERDORP, BrokenFile, Mistake, read
from tests.scheduling.broken_files import TEXT, Slip, changed, mistakes_in, require_told

TELEPHONE = "[telephone]"

SLIPS = {
    "no TOML": Slip(
        'zone = "Europe/Amsterdam"', "zone = Europe/Amsterdam", "zone = ", ("is not TOML",)
    ),
    "no TOML, in the middle": Slip(
        "minutes = 40", "minutes 40", "minutes 40", ("is not TOML", "'='")
    ),
    "a key twice": Slip(
        "minutes = 40", "minutes = 40\nminutes = 50", "minutes = 50", ("is not T",)
    ),
    "an unknown setting": Slip(
        "agents_ring_seconds",
        "agent_ring_seconds",
        "agent_ring_seconds",
        ("telephone.agent_ring_seconds", "not a setting that the line knows", "spelling"),
    ),
    "an unknown table": Slip(
        "[booking]", "[bookings]", "[bookings]", ("bookings", "not a setting that the line knows")
    ),
    "an unknown setting of a roster": Slip(
        'until = "20:00"\n\n[messages]',
        'till = "20:00"\n\n[messages]',
        'till = "20:00"',
        ("telephone.hours.1.till", "not a setting"),
    ),
    "a missing setting": Slip(
        'number = "+31715458500"\n', "", TELEPHONE, ("telephone.number", "is missing")
    ),
    "a missing setting of the second hours": Slip(
        'until = "20:00"\n\n[messages]',
        "\n[messages]",
        '[[telephone.hours]]\nrule = "FREQ=WEEKLY;BYDAY=WE"',
        ("telephone.hours.1.until", "is missing", "leiderdorp.toml"),
    ),
    "a missing setting of the whole": Slip(
        "grid_minutes = 10", "", "#", ("grid_minutes: is missing",)
    ),
    "an hour that does not exist": Slip(
        'released = "17:00"',
        'released = "25:00"',
        'released = "25:00"',
        ("services.birth.term.released", "'25:00' is not a clock time", '"08:00"'),
    ),
    "an hour without its nought": Slip(
        'from = "08:00"',
        'from = "8:00"',
        'from = "8:00"',
        ("telephone.hours.0.from", "'8:00' is not a clock time"),
    ),
    "an hour that is no text": Slip(
        'from = "08:00"', "from = 8", "from = 8\n", ("telephone.hours.0.from", "8 is not a clock")
    ),
    "a kept-back time that is no hour": Slip(
        '"13:30"', '"half two"', "kept_back", ("kept_back.2", "'half two' is not a clock time")
    ),
    "hours over midnight": Slip(
        'until = "20:00"',
        'until = "07:00"',
        'until = "07:00"',
        ("telephone.hours.1.until: 07:00 is not after from 08:00", "two entries"),
    ),
    "a roster that ends before it begins": Slip(
        'from = "13:00"\nuntil = "17:00"',
        'from = "13:00"\nuntil = "12:00"',
        'until = "12:00"',
        ("rosters.2.until: 12:00 is not after from 13:00",),
    ),
    "an unknown time zone": Slip(
        "Europe/Amsterdam",
        "Europe/Leiderdorp",
        "zone = ",
        ("'Europe/Leiderdorp' is not a time zone", '"Europe/Amsterdam"'),
    ),
    "a path for a time zone": Slip(
        "Europe/Amsterdam", "../Amsterdam", "zone = ", ("'../Amsterdam' is not a time zone",)
    ),
    "an unknown recurrence": Slip(
        'rule = "FREQ=WEEKLY;BYDAY=WE"',
        'rule = "FREQ=WEEKS;BYDAY=WE"',
        "FREQ=WEEKS",
        ("telephone.hours.1.rule", "not a recurrence rule", "FREQ=WEEKLY;BYDAY=MO,TU"),
    ),
    "words for a recurrence": Slip(
        'rule = "FREQ=WEEKLY;BYDAY=WE"',
        'rule = "every Wednesday"',
        "every Wednesday",
        ("'every Wednesday' is not a recurrence rule",),
    ),
    "no recurrence": Slip(
        'rule = "FREQ=WEEKLY;BYDAY=WE"', 'rule = ""', 'rule = ""', ("'' is not a recurrence rule",)
    ),
    "a recurrence with hours of its own": Slip(
        'rule = "FREQ=WEEKLY;BYDAY=WE"',
        'rule = "FREQ=WEEKLY;BYDAY=WE;BYHOUR=8"',
        "BYHOUR",
        ("telephone.hours.1.rule",),
    ),
    "the rule of a holiday": Slip(
        '"FREQ=YEARLY;BYEASTER=39"',
        '"FREQ=YEARLY;BYEASTER=thursday"',
        "BYEASTER=thursday",
        ("holidays.4.rules.0", "not a recurrence rule"),
    ),
    "agents who are the line itself": Slip(
        'agents = "+31715458501"',
        'agents = "+31715458500"',
        'agents = "+31715458500"',
        (
            "telephone.agents: +31715458500 is the line's own number",
            "write the number of the agents' queue",
        ),
    ),
    "handovers at the line's own number": Slip(
        'handover = "+31715458502"',
        'handover = "+31715458500"',
        "handover = ",
        ("telephone.handover: +31715458500 is", "second number"),
    ),
    "handovers at the agents' number": Slip(
        'handover = "+31715458502"',
        'handover = "+31715458501"',
        "handover = ",
        ("telephone.handover: +31715458501 is", "second number"),
    ),
    "a number without its country": Slip(
        'number = "+31715458500"',
        'number = "071 545 8500"',
        "number = ",
        ("telephone.number", "'071 545 8500' is not a telephone number", '"+31715458500"'),
    ),
    "an address of agents that is none": Slip(
        'agents = "+31715458501"',
        'agents = "sip:nobody"',
        "agents = ",
        ("telephone.agents", "'sip:nobody' is not a telephone number"),
    ),
    "a grid that is none": Slip(
        "grid_minutes = 10", "grid_minutes = 7", "grid_minutes", ("grid_minutes", "5, 10, 15, 20")
    ),
    "a service that takes no time": Slip(
        "minutes = 40", "minutes = 0", "minutes = 0", ("services.household-help.minutes",)
    ),
    "a word for a number": Slip(
        "minutes = 40", 'minutes = "long"', 'minutes = "long"', ("services.household-help.minutes",)
    ),
    "a name with capitals": Slip(
        "[services.permit]", "[services.Permit]", "[services.Permit]", ("services.Permit",)
    ),
    "an empty name": Slip('nl = "gemeente Leiderdorp"', 'nl = " "', 'nl = " "', ("name.nl",)),
}


@pytest.mark.parametrize("slip", SLIPS.values(), ids=SLIPS)
def test_a_slip_is_told_with_its_line(slip: Slip, tmp_path: Path) -> None:
    """Each mistake is told with its line, and with what would be right."""
    require_told(slip, tmp_path)


@pytest.mark.parametrize("endless", ["FREQ=WEEKLY;INTERVAL=0", "FREQ=SECONDLY"])
def test_a_recurrence_without_an_end_is_told(endless: str, tmp_path: Path) -> None:
    """A rule that keeps a computer busy for ever is refused, and does not stop the line."""
    path = tmp_path / "municipality.toml"
    path.write_text(TEXT.replace("FREQ=WEEKLY;BYDAY=WE", endless), encoding="utf-8")
    reads = (
        "import sys, pathlib, scheduling.municipality_file as m; m.read(pathlib.Path(sys.argv[1]))"
    )
    done = subprocess.run(  # noqa: S603  our own words
        [sys.executable, "-c", reads, str(path)],
        capture_output=True,
        text=True,
        timeout=8,
        check=False,
        cwd=LEIDERDORP.parent.parent,
    )
    assert "BrokenFile" in done.stderr
    assert f"{path}:{TEXT[: TEXT.index('FREQ=WEEKLY;BYDAY=WE')].count(chr(10)) + 1}:" in done.stderr


def test_the_municipality_that_ships_is_right() -> None:
    """Leiderdorp's file has no mistakes, and its settings are what it says."""
    file = read(LEIDERDORP)
    assert file.municipality.grid_minutes == 10
    assert file.municipality.languages == ("nl", "en")
    assert list(file.municipality.pools_of("extract")) == ["taxes", "civil-affairs"]
    assert file.municipality.telephone.handover == "+31715458502"


def test_a_line_may_have_no_second_number(tmp_path: Path) -> None:
    """Then calls are handed over in another way, or not at all."""
    path = tmp_path / "municipality.toml"
    without = "".join(
        line for line in TEXT.splitlines(keepends=True) if not line.startswith("handover")
    )
    path.write_text(without, encoding="utf-8")
    assert read(path).municipality.telephone.handover is None


@pytest.mark.parametrize(
    ("start", "end", "says"),
    [
        ("12T12:00:00", "12T12:00:00", "until: 2027-03-12 12:00:00 is not after from"),
        ("12T12:00:00Z", "13T12:00:00", "from: from and until are local times"),
        ("12T12:00:00", "13T12:00:00Z", "until: from and until are local times"),
    ],
)
def test_a_closure_that_is_none_is_told(start: str, end: str, says: str, tmp_path: Path) -> None:
    """A closure ends after it begins, and is written in local time; the key at fault is named."""
    closure = f"from = 2027-03-{start}\nuntil = 2027-03-{end}\n"
    text = f"{TEXT}\n[[closures]]\nname = {{ nl = 'dicht', en = 'closed' }}\n{closure}"
    (mistake,) = mistakes_in(text, tmp_path)
    assert text.splitlines()[mistake.line - 1].startswith(says.partition(":")[0])
    assert mistake.message.startswith(f"closures.0.{says}")


def test_every_mistake_is_told_at_once(tmp_path: Path) -> None:
    """Who made four mistakes mends four mistakes, and not one after another."""
    text = changed(Slip('released = "17:00"', 'released = "25:00"', "", ()))
    text = text.replace("Europe/Amsterdam", "Europe/Leiderdorp")
    text = text.replace("minutes = 40", "minuten = 40")
    told = mistakes_in(text, tmp_path)
    wanted = ["zone = ", 'released = "25:00"', "[services.household-help]", "minuten = 40"]
    lines = [text.count("\n", 0, text.index(mark)) + 1 for mark in wanted]
    assert sorted(mistake.line for mistake in told) == sorted(lines)


def test_rules_between_parts_are_all_told_at_once(tmp_path: Path) -> None:
    """Also what does not fit together is told all at once."""
    text = TEXT.replace("minutes = 40", "minutes = 45").replace('"5", "6"]', '"5", "7"]')
    told = [mistake.message for mistake in mistakes_in(text, tmp_path)]
    assert len(told) == 3
    assert sum("unknown counter '7'" in message for message in told) == 2


def test_a_file_that_is_not_utf_8_is_told_with_its_line(tmp_path: Path) -> None:
    """A file saved by an old editor is refused with the line of the first odd letter."""
    latin = TEXT.replace("gemeente Leiderdorp", "gemeente Leiderdörp").encode("latin-1")
    (mistake,) = mistakes_in(latin, tmp_path)
    assert mistake.line == latin[: latin.index(b"\xf6")].count(b"\n") + 1
    assert mistake.message == "is not UTF-8; save the file as UTF-8"


@pytest.mark.parametrize("end", ["\nlast = [1,\n", '\nlast = """x\n', '\nlast = "x'])
def test_a_value_that_never_ends_is_told_near_the_end(end: str, tmp_path: Path) -> None:
    """Where a bracket or a quote is never closed, the reader is sent to it, not to the top."""
    (mistake,) = mistakes_in(TEXT + end, tmp_path)
    assert "is not TOML" in mistake.message
    assert mistake.line > TEXT.count("\n")


def test_a_mistake_reads_like_a_compiler_s() -> None:
    """File, line and message in one line, so that an editor can jump there."""
    mistake = Mistake(Path("leiderdorp.toml"), 7, "zone: is missing")
    assert str(mistake) == "leiderdorp.toml:7: zone: is missing"
    assert str(BrokenFile([mistake, mistake])) == f"{mistake}\n{mistake}"


def test_others_can_name_a_line_too() -> None:
    """Whoever finds a mistake elsewhere, say in a voice, names its line in the file."""
    mistake = read(LEIDERDORP).mistake(("voices", "en"), "no such voice")
    assert 'en = "Polly.Amy-Neural"' in TEXT.splitlines()[mistake.line - 1]
    assert mistake.file == LEIDERDORP


def test_a_file_that_is_not_there_is_an_error_of_the_system(tmp_path: Path) -> None:
    """Where there is no file, its name is told by the system's own error."""
    with pytest.raises(FileNotFoundError, match=r"nowhere\.toml"):
        read(tmp_path / "nowhere.toml")


def test_the_calendar_of_the_comparison_with_a_rival_is_one() -> None:
    """The benchmark is no part of this suite, so nothing else would notice a setting it lacks."""
    calendar = Path(__file__).parents[1] / "benchmarks" / "rival" / "calendar.toml"
    assert len(read(calendar).municipality.counters) == 8

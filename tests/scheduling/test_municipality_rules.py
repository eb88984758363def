"""What does not fit together in a municipality's file is told with its line and what is right."""

from pathlib import Path

import pytest

from scheduling.municipality_file import read
from tests.scheduling.broken_files import TEXT, Slip, changed, mistakes_in, require_told

PERMIT = "[services.permit]"
CARE = "[pools.care]"
ROSTERS = "# A roster that repeats"

SLIPS = {
    "a pool with an unknown service": Slip(
        '[pools.building-and-housing]\nservices = ["permit"]',
        '[pools.building-and-housing]\nservices = ["permit", "passport"]',
        'services = ["permit", "passport"]',
        ("'passport'", "pool 'building-and-housing'", "known are: travel-document, driving-li"),
    ),
    "a group with an unknown service": Slip(
        'services = ["tax-remission"]',
        'services = [\n  "tax-remission",\n  "tax-remision",\n]',
        "services = [\n  ",
        ("group 'taxes'", "'tax-remision'", "tax-remission"),
    ),
    "a counter in an unknown pool": Slip(
        'name = "4"\npool = "building-and-housing"',
        'name = "4"\npool = "building"',
        'pool = "building"\n',
        ("counter '4'", "'building'", "known are: civil-affairs, building-and-housing"),
    ),
    "a roster with an unknown counter": Slip(
        '"5", "6"]',
        '"5", "7"]',
        '"7"',
        ("unknown counter '7'", "known are: 1, 2, 3, 4, 5, 6"),
    ),
    "a service in two groups": Slip(
        'services = ["permit"]',
        'services = ["permit", "birth"]',
        "[services.birth]",
        ("services.birth", "is in 2 groups", "name it in one"),
    ),
    "a service in no group": Slip(
        '"transport", "disabled-parking"]',
        '"disabled-parking"]',
        "[services.transport]",
        ("services.transport", "is in 0 groups", "name it in one"),
    ),
    "a service that no counter can do": Slip(
        CARE + '\nservices = ["household-help", ',
        CARE + "\nservices = [",
        "[services.household-help]",
        ("services.household-help", "no counter can do it", "name it in the pool of a counter"),
    ),
    "two counters of one name": Slip(
        'name = "6"', 'name = "5"', '[[counters]]\nname = "5"\npool = "care"', ("'5'", "second")
    ),
    "two groups of one key": Slip(
        'key = "care"',
        'key = "taxes"',
        '[[groups]]\nkey = "taxes"\nname = { nl = "zorg"',
        ("'taxes'", "second time", "another name"),
    ),
    "a duration off the grid": Slip(
        "minutes = 30\nonline",
        "minutes = 25\nonline",
        "minutes = 25",
        ("services.permit.minutes", "25 is off the grid of 10", "write 20 or 30"),
    ),
    "a duration shorter than the grid": Slip(
        "minutes = 30\nonline",
        "minutes = 5\nonline",
        "minutes = 5\n",
        ("services.permit.minutes", "write 10"),
        after=PERMIT,
    ),
    "a further person off the grid": Slip(
        "minutes_each_further_person = 10",
        "minutes_each_further_person = 15",
        "minutes_each_further_person = 15",
        ("services.travel-document.minutes_each_further_person", "write 10 or 20"),
    ),
    "a visit instead of something unknown": Slip(
        'instead = "travel-document"',
        'instead = "passport"',
        'instead = "passport"',
        ("services.id-card-home-visit.visit.instead: unknown service", "travel-document"),
    ),
    "a visit instead of something for one person": Slip(
        'instead = "travel-document"',
        'instead = "permit"',
        'instead = "permit"',
        ("services.id-card-home-visit.visit.instead", "name one where they are"),
    ),
    "a visit instead of itself": Slip(
        'instead = "travel-document"',
        'instead = "id-card-home-visit"',
        'instead = "id-card-home-visit"',
        ("services.id-card-home-visit.visit.instead", "name one where they are"),
    ),
    "visits without postcodes": Slip(
        'postcodes = ["2350", "2351", "2352", "2353"]',
        "postcodes = []",
        "postcodes = []",
        ("postcodes: is empty", "write those of the town"),
    ),
    "a visit in a menu": Slip(
        'services = ["permit"]\n\n[[groups]]',
        'services = ["permit", "id-card-home-visit"]\n\n[[groups]]',
        "[services.id-card-home-visit]",
        ("services.id-card-home-visit: is in 1 groups", "take it out"),
    ),
    "a visit that nobody makes": Slip(
        'services = ["id-card-home-visit"]',
        'services = ["permit"]',
        "[services.id-card-home-visit]",
        ("services.id-card-home-visit: no counter can do it",),
    ),
    "a way off the grid": Slip(
        "travel_minutes = 15",
        "travel_minutes = 17",
        "travel_minutes = 17",
        ("services.id-card-home-visit.visit.travel_minutes", "17 back is off", "write 15 or 20"),
    ),
    "several persons without their minutes": Slip(
        "minutes_each_further_person = 10\n",
        "",
        "[services.travel-document]",
        ("services.travel-document.minutes_each_further_person", "is missing"),
    ),
    "a kept-back time off the grid": Slip(
        '"13:30"', '"13:35"', "kept_back = [", ("services.birth.term.kept_back", "13:35", "10 min")
    ),
    "counters staffed twice at once": Slip(
        'until = "17:00"\n\n[[rosters]]\ncounters = ["1", "2", "3", "4", "5", "6"]\n'
        'rule = "FREQ=WEEKLY;BYDAY=WE"',
        'until = "17:00"\n\n[[rosters]]\ncounters = ["2", "6"]\nrule = "FREQ=WEEKLY;BYDAY=WE,FR"',
        '[[rosters]]\ncounters = ["2", "6"]',
        ("counter 2, 6", "2024-01-05", "entry number 1", "end where the other begins"),
    ),
    "telephone hours twice at once": Slip(
        'rule = "FREQ=WEEKLY;BYDAY=WE"\nfrom = "08:00"',
        'rule = "FREQ=WEEKLY;BYDAY=WE,TH"\nfrom = "16:50"',
        '[[telephone.hours]]\nrule = "FREQ=WEEKLY;BYDAY=WE,TH"',
        ("telephone.hours", "2024-01-04", "entry number 1"),
    ),
    "a language that is not written": Slip(
        'en = "www dot leiderdorp dot nl"\n',
        "",
        "[website]",
        ("website: nothing is written in 'en'", "add website.en"),
    ),
    "a service without a name in a language": Slip(
        'name = { nl = "een vergunning", en = "a permit" }',
        'name = { nl = "een vergunning" }',
        'name = { nl = "een vergunning" }',
        ("services.permit.name", "'en'"),
    ),
    "a holiday without a name in a language": Slip(
        ', en = "Boxing Day" }',
        " }",
        'name = { nl = "tweede Kerstdag" }',
        ("holidays.7.name", "'en'"),
    ),
    "a language without a voice": Slip(
        'en = "Polly.Amy-Neural"\n', "", "[voices]", ("voices: nothing is written in 'en'",)
    ),
}


@pytest.mark.parametrize("slip", SLIPS.values(), ids=SLIPS)
def test_what_does_not_fit_is_told_with_its_line(slip: Slip, tmp_path: Path) -> None:
    """Each mistake is told with its line, and with what would be right."""
    require_told(slip, tmp_path)


@pytest.mark.parametrize(("old", "new"), [('"08:00"', '"08:05"'), ('"17:00"', '"16:55"')])
def test_a_roster_off_the_grid_is_told(old: str, new: str, tmp_path: Path) -> None:
    """The roster's own line is told, and not the telephone's, which needs no grid."""
    before, rosters = TEXT.split(ROSTERS)
    text = before.replace(old, new, 1) + ROSTERS + rosters.replace(old, new, 1)
    (mistake,) = mistakes_in(text, tmp_path)
    assert mistake.line == text.count("\n", 0, text.rindex(new)) + 1
    assert f"{new[1:-1]} is off the grid of 10 minutes" in mistake.message


def test_a_new_language_is_asked_for_everywhere(tmp_path: Path) -> None:
    """Who adds a language is told of each place in which something must be written in it."""
    slip = Slip('languages = ["nl", "en"]', 'languages = ["nl", "en", "de"]', "", ())
    told = mistakes_in(changed(slip), tmp_path)
    assert len(told) == 6 + 4 + 8 + 2 * 10
    assert all("nothing is written in 'de'" in mistake.message for mistake in told)


def test_a_closure_is_named_in_every_language(tmp_path: Path) -> None:
    """The callers of each language hear why nobody is there."""
    closure = "\n[[closures]]\nname = { nl = 'dicht' }\nfrom = 2027-03-12\nuntil = 2027-03-13\n"
    (mistake,) = mistakes_in(TEXT + closure, tmp_path)
    assert mistake.line == TEXT.count("\n") + 3
    assert "closures.0.name: nothing is written in 'en'" in mistake.message


def test_rosters_that_take_turns_are_no_mistake(tmp_path: Path) -> None:
    """Two rosters of one counter in even and in odd weeks never overlap; nor do halves of a day."""
    path = tmp_path / "municipality.toml"
    head, _, _ = TEXT.partition("[[rosters]]")
    turns = "".join(
        f'[[rosters]]\ncounters = ["1"]\nrule = "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO"\n'
        f'starting = {day}\nfrom = "{opens}"\nuntil = "{closes}"\n'
        for day, opens, closes in (
            ("2026-11-30", "08:00", "12:00"),
            ("2026-12-07", "08:00", "12:00"),
            ("2026-11-30", "12:00", "17:00"),
        )
    )
    path.write_text(head + turns, encoding="utf-8")
    assert read_rosters(path) == 3


def read_rosters(path: Path) -> int:
    """How many rosters a file has that is right."""
    return len(read(path).municipality.rosters)

"""The report says what calls ask of people, and fails where that is too much."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from ivr.calls import Call
from ivr.rehearsal.figures import Extreme, Figures
from ivr.rehearsal.hearing import options
from ivr.rehearsal.limits import passed
from ivr.rehearsal.report import Report
from ivr.speaker import Speaker
from ivr.welcome import ChooseService
from prompts.catalogue import catalogue
from scheduling.database import Database
from scheduling.municipality import Municipality
from scheduling.municipality_file import MunicipalityFile
from scheduling.municipality_parts import Service
from tests.calling import hears
from tests.conftest import TEN_O_CLOCK, Clock, World, make_world
from tests.ivr.looking import booked, held
from tests.ivr.rehearsed import the_calendar, the_report

README = Path(__file__).parents[2] / "README.md"
EASY = Figures("permit", "nl", "211", 3, 0, 90.0, 18.0, 5.2, 5)
CALM = {
    "longest_turn": Extreme(25.0, "Existing", "nl"),
    "options": Extreme(5, "Existing", "nl"),
    "times": Extreme(3, "ChooseOpening", "nl"),
}


def runs(world: World, *arguments: str) -> Result:
    """The result of a command in this installation."""
    return world.app.test_cli_runner().invoke(args=["prompts", *arguments])


def changed(file: MunicipalityFile, **changes: object) -> MunicipalityFile:
    """The same municipality but for something."""
    return replace(file, municipality=file.municipality.model_copy(update=changes))


def test_no_limit_is_passed() -> None:
    """The line that ships keeps to what callers can bear, whatever they do."""
    assert the_report().passed == ()


def test_the_readme_shows_the_table() -> None:
    """As it is printed on a Tuesday at ten; who changes a sentence prints it again."""
    printed = "\n".join(the_report().lines())
    assert printed in README.read_text(encoding="utf-8")


def test_every_service_has_its_way_in_every_language(leiderdorp: MunicipalityFile) -> None:
    """In the order of the file."""
    m = leiderdorp.municipality
    wanted = [(service, language) for language in m.languages for service in m.services]
    assert [(way.service, way.language) for way in the_report().ways] == wanted


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("service", ["travel-document", "permit", "id-card-home-visit"])
def test_the_figures_are_those_of_real_calls(world: World, service: str, language: str) -> None:
    """The keys of a row, pressed in a call, end in its booking after as much speech."""
    ways = {(way.service, way.language): way for way in the_report().ways}
    way = ways[service, language]
    call = world.rings()
    spoken = [call.heard]
    for key in way.keys:
        if key == "s":
            call.stay_silent()
        else:
            call.press(key)
        if not call.keyed:
            spoken.append(call.heard)
    assert hears(call, catalogue(language).prompts["booked"])
    assert [each.service for each in booked(world)] == [service]
    seconds = [len(" ".join(turn).split()) / 150 * 60 for turn in spoken]
    assert sum(seconds) == pytest.approx(way.seconds)
    assert max(seconds[:-1]) == pytest.approx(way.longest_turn)
    assert way.presses == len(way.keys.replace("s", ""))


def test_other_programs_can_read_it_and_the_book_stays_as_it_is(world: World) -> None:
    """The calls are played at the moment that is asked for, on a book of their own."""
    before = Path(str(world.database.url.database)).read_bytes()
    done = runs(world, "report", "--at", "2026-12-05 10:00", "--json")
    assert (done.exit_code, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    assert found["at"] == "2026-12-07T08:00:00+01:00"
    passport = found["ways"][0]
    wanted = {"service": "travel-document", "presses": 5, "keys": "11111"}
    assert passport | wanted == passport
    assert found["passed"] == []
    assert (booked(world), held(world)) == ([], [])
    assert Path(str(world.database.url.database)).read_bytes() == before


def test_a_moment_that_is_none_is_told(world: World) -> None:
    """Who mistypes it reads how to write it."""
    done = runs(world, "report", "--at", "tomorrow")
    assert done.exit_code != 0
    assert "2026-12-01 10:00" in done.stderr


def test_a_wordy_municipality_is_told(
    sqlite: Database, leiderdorp: MunicipalityFile, clock: Clock
) -> None:
    """A department with too long a name: the report says where, and ends with status 1."""
    first, *others = leiderdorp.municipality.groups
    wordy = dict.fromkeys(leiderdorp.municipality.languages, "zaken die " * 30)
    groups = (first.model_copy(update={"name": wordy}), *others)
    world = make_world(sqlite, changed(leiderdorp, groups=groups), clock)
    done = runs(world, "report")
    assert done.exit_code == 1
    assert "the greeting (nl): 27.6 seconds until the first option, at most 6" in done.stderr
    assert "Welcome (nl): 43.6 seconds of speech before a key is awaited" in done.stderr
    assert "| travel-document" in done.stdout


def test_a_line_that_never_opens_is_told(
    sqlite: Database, leiderdorp: MunicipalityFile, clock: Clock
) -> None:
    """Nobody can ring it, so there is nothing to measure."""
    (hours, *_) = leiderdorp.municipality.telephone.hours
    never = hours.model_copy(update={"rule": "FREQ=YEARLY;BYMONTH=7;BYMONTHDAY=1"})
    telephone = leiderdorp.municipality.telephone.model_copy(update={"hours": (never,)})
    done = runs(make_world(sqlite, changed(leiderdorp, telephone=telephone), clock), "report")
    assert done.exit_code != 0
    assert "is not answered in the next two months" in done.stderr


def test_a_municipality_without_counters_is_told(
    sqlite: Database, leiderdorp: MunicipalityFile, clock: Clock
) -> None:
    """Nothing can be booked, so no call can show it."""
    (roster, *_) = leiderdorp.municipality.rosters
    never = roster.model_copy(update={"rule": "FREQ=YEARLY;BYMONTH=7;BYMONTHDAY=1"})
    done = runs(make_world(sqlite, changed(leiderdorp, rosters=(never,)), clock), "report")
    assert done.exit_code != 0
    assert "no counter is staffed" in done.stderr


@pytest.mark.parametrize(
    ("worse", "told"),
    [
        ({"presses": 6}, "permit (nl): 6 presses, at most 5"),
        ({"menus": 3}, "permit (nl): 3 menus after the greeting, at most 2"),
        ({"first_option": 6.4}, "the greeting (nl): 6.4 seconds until the first option, at most 6"),
    ],
)
def test_each_limit_of_a_way_is_kept(worse: Mapping[str, Any], told: str) -> None:
    """What is just allowed passes, and one more is named."""
    assert told in passed(one_service(), [replace(EASY, **worse)], CALM)
    assert told not in passed(one_service(), [EASY], CALM)


def test_a_visit_at_home_takes_more_keys() -> None:
    """Its address is keyed in, which no limit of keys was made for."""
    municipality = the_calendar().municipality
    home = replace(EASY, service="id-card-home-visit", presses=13)
    assert [each for each in passed(municipality, [home], CALM) if "presses" in each] == []


@pytest.mark.parametrize(
    ("name", "figure", "told"),
    [
        ("longest_turn", 25.2, "Existing (nl): 25.2 seconds of speech before a key is awaited"),
        ("options", 6, "Existing (nl): 6 options in a menu, at most 5"),
        ("times", 4, "Existing (nl): 4 times in a menu, at most 3"),
    ],
)
def test_each_limit_of_a_turn_is_kept(name: str, figure: float, told: str) -> None:
    """Wherever in the dialogue that is."""
    worse = CALM | {name: Extreme(figure, "Existing", "nl")}
    (found,) = passed(one_service(), [EASY], worse)
    assert found.startswith(told)
    assert passed(one_service(), [EASY], CALM) == ()


def test_a_choice_of_two_counts_as_two() -> None:
    """Who hears "a passport or identity card" has two things to remember."""
    speaker = Speaker(the_calendar())
    services = ("travel-document", "driving-licence")
    for language in the_calendar().municipality.languages:
        call = Call("CA1", 1, (ChooseService("civil-affairs", services),), language, TEN_O_CLOCK)
        assert options(speaker, call) == 3


def test_a_service_to_which_no_way_leads_is_told() -> None:
    """Nobody can book it by telephone."""
    assert passed(one_service(), [], CALM) == ("permit (nl): no way leads to a booking",)


def one_service() -> Municipality:
    """A municipality with permits, in Dutch."""
    municipality = the_calendar().municipality
    services: dict[str, Service] = {"permit": municipality.services["permit"]}
    return municipality.model_copy(update={"services": services, "languages": ("nl",)})


def test_a_report_with_nothing_passed_is_told_so() -> None:
    """Its JSON has every part of it."""
    assert set(the_report().as_json()) == set(Report.__dataclass_fields__)

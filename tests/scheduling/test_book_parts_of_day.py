"""Who asks for mornings, afternoons or evenings is offered those, by the clock on the wall."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from scheduling import openings
from scheduling.book import AppointmentBook
from scheduling.calendar import Calendar
from scheduling.database import Database
from scheduling.errors import UnknownService
from scheduling.interval import Interval
from scheduling.openings import Opening, Wish
from scheduling.parts_of_day import PartOfDay
from tests.conftest import TUESDAY
from tests.scheduling.door import BIRTH, EXTRACT, PASSPORT, PERMIT, Door, at, holder, starts
from tests.scheduling.towns import roster, town

MORNINGS = PartOfDay(time(0), time(12))
AFTERNOONS = PartOfDay(time(12), time(17))
EVENINGS = PartOfDay(time(17), time(0))
PARTS = pytest.mark.parametrize("part", [MORNINGS, AFTERNOONS, EVENINGS], ids=str)
WEDNESDAY = date(2026, 12, 2)
HOME_VISIT = Wish("id-card-home-visit")


def clock_of(opening: Opening, door: Door, wish: Wish) -> time:
    """When the visitor is met, by the clock on the wall."""
    travel = door.calendar.municipality.services[wish.service].travel
    return (opening.starts_at + travel).astimezone(door.calendar.zone).time()


def test_only_the_evening_is_offered_to_whoever_asks_for_it(door: Door) -> None:
    """The next evening is Wednesday's, and after its places come those of a week later."""
    assert starts(door.offer("anna", PERMIT, part=EVENINGS)) == [
        at(17, day=WEDNESDAY),
        at(17, 30, day=WEDNESDAY),
        at(18, day=WEDNESDAY),
    ]
    assert starts(door.offer("bram", PERMIT, part=EVENINGS)) == [
        at(18, 30, day=WEDNESDAY),
        at(19, day=WEDNESDAY),
        at(19, 30, day=WEDNESDAY),
    ]
    assert starts(door.offer("coen", PERMIT, part=EVENINGS, count=1)) == [
        at(17, day=WEDNESDAY + timedelta(days=7))
    ]


def test_a_visit_of_the_morning_may_last_into_the_afternoon(door: Door) -> None:
    """What counts is when it begins: half past eleven is the last morning place, twelve is none."""
    noon = Interval(at(11, 50), at(12, 30))
    assert starts(door.openings(PERMIT, within=noon, part=MORNINGS)) == [at(11, 50)]
    assert starts(door.openings(PERMIT, within=noon, part=AFTERNOONS)) == [at(12)]


@PARTS
@pytest.mark.parametrize(
    "wish",
    [PASSPORT, EXTRACT, BIRTH, PERMIT, Wish("travel-document", 5), HOME_VISIT],
    ids=str,
)
def test_a_part_has_exactly_the_places_of_its_clock_times(
    door: Door, wish: Wish, part: PartOfDay
) -> None:
    """On a book with places taken, held, kept back and expired, as if one had tried every step."""
    door.now = at(19, day=TUESDAY)
    for n in range(8):
        door.books(f"{n}", PASSPORT if n % 2 else EXTRACT)
    door.offer("somebody", PERMIT)
    door.passes(minutes=5)
    door.offer("somebody else", wish)
    two_days = Interval(at(0, day=WEDNESDAY), at(0, day=WEDNESDAY) + timedelta(days=2))
    end = part.ends if part.ends != time(0) else time.max
    sifted = [
        each
        for each in door.do(lambda book: _each_step(book, wish, two_days))
        if part.begins <= clock_of(each, door, wish) < end
    ]
    found = door.openings(wish, within=two_days, part=part)
    assert starts(found) == starts(openings.apart(sifted, 1000))


def _each_step(book: AppointmentBook, wish: Wish, stretch: Interval) -> list[Opening]:
    """Every time at which a visit can begin, also where two overlap."""
    moments = stretch.steps(timedelta(minutes=10))
    windows = [Interval(moment, moment + timedelta(minutes=1)) for moment in moments]
    return [each for only in windows for each in book.openings(wish, within=only, count=1)]


def test_a_part_of_one_day_is_offered(door: Door) -> None:
    """Another day, in the afternoon."""
    thursday = Interval.of_day(date(2026, 12, 3), door.calendar.zone)
    found = door.offer("anna", PERMIT, within=thursday, part=AFTERNOONS)
    assert starts(found)[0] == at(12, day=date(2026, 12, 3))
    assert door.offer("anna", PERMIT, within=thursday, part=EVENINGS) == []
    assert door.holds() == 0


def test_the_past_of_a_window_is_empty(door: Door) -> None:
    """A window that has passed has no morning either."""
    yesterday = Interval.of_day(TUESDAY - timedelta(days=1), door.calendar.zone)
    assert door.openings(part=MORNINGS, within=yesterday) == []


def test_several_steps_are_free_from_beginning_to_end(door: Door) -> None:
    """A place whose second half is taken is none, in a part of the day as well."""
    door.confirm("bram", PERMIT, at(12, 10, day=TUESDAY))
    found = starts(door.openings(PERMIT, part=AFTERNOONS, count=1))
    assert found == [at(12, 40)]


def test_expired_holds_do_not_hide_a_part_of_the_day(door: Door) -> None:
    """Three evening places that were held and forgotten are offered again."""
    first = door.offer("anna", PERMIT, part=EVENINGS)
    door.passes(minutes=2)
    assert door.openings(PERMIT, part=EVENINGS, count=3) == first
    assert door.offer("bram", PERMIT, part=EVENINGS) == first
    assert door.faults() == []


def test_a_first_offer_of_a_part_holds_too(door: Door) -> None:
    """Who holds nothing yet and asks for evenings holds three of them."""
    found = door.do(
        lambda book: book.offer(holder("anna"), PASSPORT, part=EVENINGS, replaces=False)
    )
    assert starts(found)[0] == at(17, day=WEDNESDAY)
    assert door.holds() == 3
    assert door.faults() == []


def test_time_kept_back_is_in_its_part_of_the_day(door: Door) -> None:
    """On a book that is full, births still have the hours kept for them, each in its own part."""
    door.fill(PASSPORT)
    kept = [at(11), at(13, 30), at(15, 30)]
    today = Interval.of_day(TUESDAY, door.calendar.zone)
    found = door.openings(BIRTH, within=today, part=AFTERNOONS)
    assert set(starts(found)) <= set(kept)
    tomorrow = Interval.of_day(WEDNESDAY, door.calendar.zone)
    morning = starts(door.openings(BIRTH, within=tomorrow, part=MORNINGS))
    assert morning == [at(9, day=WEDNESDAY), at(11, day=WEDNESDAY)]
    afternoon = starts(door.openings(BIRTH, within=tomorrow, part=AFTERNOONS))
    assert afternoon == [at(13, 30, day=WEDNESDAY), at(15, 30, day=WEDNESDAY)]


def test_a_visit_at_home_belongs_to_the_part_in_which_the_team_is_at_the_door(
    sqlite: Database,
) -> None:
    """The team that leaves at a quarter to twelve is there in the afternoon."""
    grid = {"grid_minutes": 5}
    door = Door(sqlite, town(roster("home-visit-team", "10:00", "15:00"), **grid))
    door.publish()
    door.now = at(10) - timedelta(days=3)
    first = door.openings(HOME_VISIT, part=AFTERNOONS, count=1)
    assert starts(first) == [at(11, 45)]
    last_morning = door.openings(HOME_VISIT, within=Interval(at(11, 40), at(15)), part=MORNINGS)
    assert starts(last_morning) == [at(11, 40)]


@pytest.mark.parametrize(
    "saturday", [date(2027, 3, 27), date(2027, 10, 30)], ids=["to summer time", "to winter time"]
)
def test_a_part_of_the_day_follows_the_clock_over_its_change(
    database: Database, saturday: date
) -> None:
    """Before, on and after the Sunday of a change, mornings end at noon on the wall."""
    door = Door(database, town(roster("4", "00:00", "24:00")))
    door.now = datetime(saturday.year, saturday.month, saturday.day, tzinfo=UTC) - timedelta(days=2)
    door.publish(saturday, 5)
    for part in (MORNINGS, AFTERNOONS, EVENINGS):
        days = _by_day(door.calendar, starts(door.openings(PERMIT, part=part)))
        for day, clock in days.items():
            assert clock[0] == part.begins, day
            assert clock[-1] == PREVIOUS[part.ends], day
    nights = PartOfDay(time(2), time(3))
    found = _by_day(door.calendar, starts(door.openings(PERMIT, part=nights)))
    sunday = saturday + timedelta(days=1)
    assert len(found[saturday]) == 2
    assert len(found.get(sunday, [])) == (0 if saturday.month == 3 else 4)


PREVIOUS = {time(12): time(11, 30), time(17): time(16, 30), time(0): time(23, 30)}


def _by_day(calendar: Calendar, found: list[datetime]) -> dict[date, list[time]]:
    days: dict[date, list[time]] = {}
    for start in found:
        days.setdefault(calendar.day_of(start), []).append(start.astimezone(calendar.zone).time())
    return days


def test_an_unknown_service_has_no_part_of_the_day(sqlite_door: Door) -> None:
    """It is refused as without one."""
    with pytest.raises(UnknownService):
        sqlite_door.openings(Wish("passport"), part=MORNINGS)

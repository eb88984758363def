"""Whoever is booked is served: a counter is found for every visit that the book lets in.

An appointment takes capacity and no counter, so this is the promise on which everything rests.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby

from hypothesis import example, given, settings
from hypothesis import strategies as st

from scheduling.calendar import Calendar, Shift
from scheduling.capacity import Row, Step, pool_of_counters, rows, steps
from scheduling.interval import Interval
from scheduling.staffing import Visit, assign
from tests.conftest import TUESDAY
from tests.scheduling.door import at
from tests.scheduling.towns import keeping_back, roster, town

GRID = timedelta(minutes=10)
OPENS = at(9)

Presence = list[list[bool]]
"""For each counter, in which steps of the day somebody is there."""

Asked = list[tuple[int, int]]
"""The visits that people ask for: the first step, and how many steps."""


@dataclass
class Shelf:
    """The rule of the capacity table, and nothing else: what it lets in."""

    rows: dict[datetime, Row]
    used: Counter[datetime] = field(default_factory=Counter)
    spanning: Counter[datetime] = field(default_factory=Counter)

    def lets_in(self, visit: Interval) -> bool:
        """Takes the time of a visit, where used <= capacity and spanning <= staying."""
        first, *further = visit.steps(GRID)
        fits = all(
            at_ in self.rows and self.used[at_] < self.rows[at_].capacity
            for at_ in (first, *further)
        ) and all(self.spanning[at_] < self.rows[at_].staying for at_ in further)
        if fits:
            self.used.update((first, *further))
            self.spanning.update(further)
        return fits

    def gives_back(self, visit: Interval) -> None:
        """Somebody cancels."""
        first, *further = visit.steps(GRID)
        self.used.subtract((first, *further))
        self.spanning.subtract(further)


def presences(counters: int = 4, length: int = 8) -> st.SearchStrategy[Presence]:
    """Counters that come and go as they like, some all day, some several times a day."""
    at_will = st.lists(st.booleans(), min_size=length, max_size=length)
    moments = st.tuples(st.integers(0, length), st.integers(0, length))
    once = moments.map(lambda found: [min(found) <= n < max(found) for n in range(length)])
    return st.lists(st.one_of(once, at_will), min_size=1, max_size=counters)


def asked(length: int = 8) -> st.SearchStrategy[Asked]:
    """All visits of up to four steps, twice, in any order: many more than fit."""
    every = [(first, steps_) for first in range(length) for steps_ in range(1, 5)]
    return st.permutations(every * 2)


def shifts_of(presence: Presence) -> list[Shift]:
    """The stretches in which each counter is staffed."""
    found = []
    for n, there in enumerate(presence):
        for is_there, run in groupby(range(len(there)), there.__getitem__):
            ran = list(run)
            stretch = Interval(OPENS + ran[0] * GRID, OPENS + (ran[-1] + 1) * GRID)
            found += [Shift(stretch, "pool", f"counter {n}")] * is_there
    return sorted(found)


def stretch_of(first: int, length: int) -> Interval:
    """The time of a visit."""
    return Interval(OPENS + first * GRID, OPENS + (first + length) * GRID)


def require_served(chosen: dict[Visit, str], visits: list[Visit], pool_steps: list[Step]) -> None:
    """Every visit has a counter that is there throughout, and no counter has two at once."""
    assert set(chosen) == set(visits)
    there = {step.starts_at: step.counters for step in pool_steps}
    taken = [
        (counter, at_) for visit, counter in chosen.items() for at_ in visit.interval.steps(GRID)
    ]
    assert len(taken) == len(set(taken))
    assert all(counter in there[at_] for counter, at_ in taken)


@settings(max_examples=400, deadline=None)
@given(presence=presences(), wishes=asked(), cancelled=st.sets(st.integers(0, 63), max_size=10))
def test_whatever_is_booked_everybody_gets_a_counter(
    calendar: Calendar, presence: Presence, wishes: Asked, cancelled: set[int]
) -> None:
    """For any roster and any history of bookings and cancellations, every visit is served."""
    pool_steps = steps(shifts_of(presence), calendar.municipality)
    shelf = Shelf(
        {s.starts_at: Row("", s.starts_at, len(s.counters), s.staying) for s in pool_steps}
    )
    visits = []
    for n, (first, length) in enumerate(wishes):
        visit = Visit(stretch_of(first, length), n)
        if shelf.lets_in(visit.interval):
            visits.append(visit)
        if n in cancelled and visits:
            shelf.gives_back(visits.pop(n % len(visits)).interval)
    require_served(assign(visits, pool_steps, GRID), visits, pool_steps)


@settings(max_examples=200, deadline=None)
@given(presence=presences(), wishes=asked())
def test_where_nobody_comes_or_goes_the_number_of_counters_is_all_that_counts(
    calendar: Calendar, presence: Presence, wishes: Asked
) -> None:
    """With the same counters all day, a visit fits while fewer run than there are counters."""
    all_day = [[True] * len(there) for there in presence]
    pool_steps = steps(shifts_of(all_day), calendar.municipality)
    shelf = Shelf(
        {s.starts_at: Row("", s.starts_at, len(s.counters), s.staying) for s in pool_steps}
    )
    running: Counter[datetime] = Counter()
    for first, length in wishes:
        visit = stretch_of(first, min(length, 8 - first))
        fits = all(running[at_] < len(presence) for at_ in visit.steps(GRID))
        assert shelf.lets_in(visit) == fits
        running.update(visit.steps(GRID) if fits else ())


KEPT = st.lists(st.integers(0, 6), max_size=4, unique=True)
KEPT_OR_NOT = st.lists(st.tuples(st.booleans(), st.integers(0, 7), st.integers(1, 3)), max_size=25)
HANDOVER = [[n < 2 for n in range(8)], [n >= 2 for n in range(8)]]
"""One counter until twenty past, another from then on."""


@settings(max_examples=150, deadline=None)
@given(presence=presences(3), kept=KEPT, wishes=KEPT_OR_NOT)
@example(presence=HANDOVER, kept=[0, 2], wishes=[(True, 0, 3)])
def test_kept_back_time_is_the_time_of_a_counter(
    presence: Presence, kept: list[int], wishes: list[tuple[bool, int, int]]
) -> None:
    """However time is kept back and then booked by anybody, everybody gets a counter."""
    apart_ = [n for n in kept if n - 1 not in kept]
    calendar = _town(presence, apart_)
    plan = steps(calendar.roster(TUESDAY), calendar.municipality)
    published = rows(calendar, TUESDAY)
    shelves = {
        name: Shelf({row.starts_at: row for row in published if row.pool == name})
        for name in ("civil-affairs", "civil-affairs/birth")
    }
    there = Counter[datetime]()
    for row in published:
        assert pool_of_counters(row.pool) == "civil-affairs"
        there[row.starts_at] += row.capacity
    assert there == Counter({step.starts_at: len(step.counters) for step in plan})
    visits = [
        Visit(stretch_of(first, length), n)
        for n, (is_birth, first, length) in enumerate(wishes)
        if shelves["civil-affairs" + "/birth" * is_birth].lets_in(stretch_of(first, length))
    ]
    require_served(assign(visits, plan, GRID), visits, plan)


def _town(presence: Presence, kept: list[int]) -> Calendar:
    zone_hours = [
        roster(shift.counter[-1], f"{shift.interval.start:%H:%M}", f"{shift.interval.end:%H:%M}")
        for shift in shifts_of(presence)
    ]
    times = [f"{OPENS + n * GRID:%H:%M}" for n in kept]
    counters = [{"name": str(n), "pool": "civil-affairs"} for n in range(3)]
    # Times are written as UTC has them, so the town's clock is UTC.
    return town(
        *zone_hours or [roster("0", "20:00", "20:10")],
        counters=counters,
        services=keeping_back(*times),
        zone="UTC",
    )

"""How much can be booked when: the rows that a day's roster makes, and why they are enough.

An appointment takes capacity of a pool, not a counter; the counter is chosen when the visitor is
called. For that to work out, whatever is booked and in whatever order, two numbers are kept for
each step of the grid: how many appointments run (`used`, at most as many as there are counters) and
how many of those run on from the step before (`spanning`, at most `staying`).

Where the same counters are there all day, the first number is enough: appointments of which never
more than n run at once can be given n counters (an interval graph is perfect). Where counters come
and go, an appointment that runs across the change needs a counter that stays. That there are enough
of those is not enough when, since the last moment that nobody runs across, some counter came and
now some counter leaves: a chain of appointments can then bind the counter that stays to the wrong
side. At such a moment nobody may run across (`staying` is 0). Between two such moments all leaving
comes before all coming, and `scheduling.staffing.assign` gives every appointment a counter.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime

from msgspec import Struct

from scheduling.calendar import Calendar, Shift
from scheduling.interval import Interval, local
from scheduling.municipality import Municipality


class Step(Struct, frozen=True):
    """One step of the grid in a pool: its counters, and how many may run across into it."""

    starts_at: datetime
    counters: frozenset[str]
    staying: int


class Row(Struct, frozen=True, order=True):
    """One row of the capacity table."""

    pool: str
    starts_at: datetime
    capacity: int
    staying: int


def steps(shifts: Iterable[Shift], municipality: Municipality) -> list[Step]:
    """The steps of one pool, in order, of the shifts of its counters."""
    grid = municipality.grid
    present: dict[datetime, set[str]] = {}
    for shift in shifts:
        for at in shift.interval.steps(grid):
            present.setdefault(at, set()).add(shift.counter)
    found: list[Step] = []
    before: frozenset[str] = frozenset()
    somebody_came = False
    for at in sorted(present):
        if found and found[-1].starts_at + grid != at:
            before = frozenset()
        now = frozenset(present[at])
        staying = len(before & now)
        if somebody_came and before - now:
            staying = 0
        somebody_came = bool(staying) and (somebody_came or bool(now - before))
        found.append(Step(at, now, staying))
        before = now
    return found


def kept_pool(pool: str, service: str) -> str:
    """The name under which the time of a pool stands that is kept back for an urgent service."""
    return f"{pool}/{service}"


def pool_of_counters(pool: str) -> str:
    """The pool whose counters serve what is booked under a name, kept back or not."""
    return pool.partition("/")[0]


def kept_back(calendar: Calendar, day: date) -> Iterator[tuple[str, str, Interval]]:
    """The stretches of a day that are kept back: pool, service, time."""
    for service, term, pool in calendar.kept_back:
        for at in term.kept_back:
            start = local(day, at, calendar.zone)
            length = calendar.municipality.services[service].duration(1)
            yield pool, service, Interval(start, start + length)


def rows(calendar: Calendar, day: date) -> list[Row]:
    """The capacity that the roster of a day gives."""
    municipality = calendar.municipality
    roster = calendar.roster(day)
    of_pool = {
        pool: steps((s for s in roster if s.pool == pool), municipality)
        for pool in municipality.pools
    }
    free = {(pool, s.starts_at): len(s.counters) for pool, all_ in of_pool.items() for s in all_}
    kept: Counter[tuple[str, datetime]] = Counter()
    run_on: Counter[tuple[str, datetime]] = Counter()
    for pool, service, stretch in kept_back(calendar, day):
        inside = [s for s in of_pool[pool] if s.starts_at in stretch]
        needed = stretch.steps(municipality.grid)
        if len(inside) < len(needed) or len({s.counters for s in inside}) != 1:
            continue
        if all(free[pool, at] > 0 for at in needed):
            for at in needed:
                free[pool, at] -= 1
                kept[kept_pool(pool, service), at] += 1
                run_on[kept_pool(pool, service), at] += at != stretch.start
    reserved = [Row(*key, count, run_on[key]) for key, count in kept.items()]
    plain = [
        Row(pool, s.starts_at, free[pool, s.starts_at], s.staying)
        for pool, all_ in of_pool.items()
        for s in all_
    ]
    return sorted(plain + reserved)

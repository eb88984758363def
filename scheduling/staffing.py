"""Which counter serves which visitor, and how many counters a day needs.

Every set of appointments that the book lets in can be given counters; the reason stands in
`scheduling.capacity`. Between two moments that nobody runs across, all counters that leave do so
before any comes. So at the last leaving (the pivot) the counters that stay are given first to those
who run across it. Then, going back in time, every counter still there has been there all along; and
going forward, every counter that is there stays.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import pairwise

from sqlalchemy import Connection, select

from scheduling.agenda import beginning
from scheduling.calendar import Calendar, Shift
from scheduling.capacity import Step, pool_of_counters, steps
from scheduling.interval import Interval
from scheduling.models import TAKING, appointments, shifts


@dataclass(frozen=True, order=True)
class Visit:
    """An appointment that needs a counter; `id` tells two at the same time apart."""

    interval: Interval
    id: int


class NoCounter(Exception):  # noqa: N818  named for what happened
    """A visit for which no counter is left: more was booked than the shifts can serve."""


@dataclass(frozen=True)
class Need:
    """How many counters of a pool must be open in a stretch of time."""

    pool: str
    interval: Interval
    counters: int


def assign(
    visits: Iterable[Visit], pool_steps: Iterable[Step], grid: timedelta
) -> dict[Visit, str]:
    """A counter for each visit, such that it is staffed throughout and never has two at once.

    `pool_steps` are the steps of one pool, in order. Raises NoCounter.
    """
    waiting = set(visits)
    chosen: dict[Visit, str] = {}
    for block in _blocks(pool_steps):
        whole = Interval(block[0].starts_at, block[-1].starts_at + grid)
        inside = {visit for visit in waiting if visit.interval.start in whole}
        _assign_block(inside, block, grid, chosen)
        waiting -= inside
    if waiting:
        raise NoCounter(f"nobody is there at {min(waiting).interval.start}")
    return chosen


def _blocks(pool_steps: Iterable[Step]) -> list[list[Step]]:
    """The steps of a pool, cut at the moments that nobody may run across."""
    blocks: list[list[Step]] = []
    for step in pool_steps:
        if not step.staying or not blocks:
            blocks.append([])
        blocks[-1].append(step)
    return blocks


def _assign_block(
    visits: Iterable[Visit], block: list[Step], grid: timedelta, chosen: dict[Visit, str]
) -> None:
    pivot = _pivot(block)
    across = sorted(v for v in visits if v.interval.start < pivot < v.interval.end)
    before = [v for v in visits if v.interval.end <= pivot]
    after = [v for v in visits if v.interval.start >= pivot]
    before.sort(key=lambda visit: (visit.interval.end, visit.id), reverse=True)
    busy: dict[str, list[Interval]] = {}
    for visit in [*across, *before, *sorted(after)]:
        there = _there_throughout(visit.interval, block, grid)
        free = (c for c in there if not any(visit.interval.overlaps(b) for b in busy.get(c, ())))
        counter = next(free, None)
        if counter is None:
            raise NoCounter(f"more visits than counters at {visit.interval.start}")
        busy.setdefault(counter, []).append(visit.interval)
        chosen[visit] = counter


def _pivot(block: list[Step]) -> datetime:
    """The last moment at which a counter leaves, or the beginning where none does."""
    leaving = [
        later.starts_at for earlier, later in pairwise(block) if earlier.counters - later.counters
    ]
    return leaving[-1] if leaving else block[0].starts_at


def _there_throughout(interval: Interval, block: list[Step], grid: timedelta) -> list[str]:
    covered = [step.counters for step in block if step.starts_at in interval]
    whole = len(covered) == len(interval.steps(grid))
    return sorted(frozenset.intersection(*covered)) if whole else []


def plan(connection: Connection, calendar: Calendar, day: date) -> dict[str, dict[Visit, str]]:
    """A counter for each visit of a local day, by pool, as the roster was published.

    Raises NoCounter, which the book makes impossible.
    """
    roster = published(connection, calendar, day)
    grid = calendar.municipality.grid
    found = {}
    for pool, visits in visits_of(connection, calendar, day).items():
        pool_steps = steps((s for s in roster if s.pool == pool), calendar.municipality)
        found[pool] = assign(visits, pool_steps, grid)
    return found


def needs(connection: Connection, calendar: Calendar, day: date) -> list[Need]:
    """How many counters of each pool must be open when, on a local day, for what is booked."""
    found: list[Need] = []
    grid = calendar.municipality.grid
    for pool, visits in visits_of(connection, calendar, day).items():
        running = Counter(at for visit in visits for at in visit.interval.steps(grid))
        for at in sorted(running):
            last = found[-1] if found else None
            goes_on = last and (last.pool, last.interval.end, last.counters) == (
                pool,
                at,
                running[at],
            )
            if last and goes_on:
                found[-1] = replace(last, interval=Interval(last.interval.start, at + grid))
            else:
                found.append(Need(pool, Interval(at, at + grid), running[at]))
    return found


def published(connection: Connection, calendar: Calendar, day: date) -> list[Shift]:
    """The shifts of a local day, as published."""
    whole = Interval.of_day(day, calendar.zone)
    rows = connection.execute(
        select(shifts).where(shifts.c.starts_at >= whole.start, shifts.c.starts_at < whole.end)
    )
    return sorted(Shift(Interval(r.starts_at, r.ends_at), r.pool, r.counter) for r in rows)


def visits_of(connection: Connection, calendar: Calendar, day: date) -> dict[str, list[Visit]]:
    """Every visit of a local day that takes capacity, by the pool of its counters."""
    whole = Interval.of_day(day, calendar.zone)
    rows = connection.execute(
        select(appointments)
        .where(beginning(whole.start, whole.end), appointments.c.status.in_(TAKING))
        .order_by(appointments.c.starts_at, appointments.c.id)
    )
    found: dict[str, list[Visit]] = {}
    for row in rows:
        visit = Visit(Interval(row.starts_at, row.ends_at), row.id)
        found.setdefault(pool_of_counters(row.pool), []).append(visit)
    return found

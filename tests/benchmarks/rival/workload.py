"""The one calendar, and the one set of questions, that both sides are measured on.

Nothing here imports Django or the appointment book, so that both environments can read it.
"""

import multiprocessing
import random
import statistics
import sys
import time as clock
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

ZONE = "Europe/Amsterdam"
COUNTERS = 8
DAYS = 30  # every calendar day from tomorrow on, weekends and holidays too
OPENS, CLOSES = time(9), time(17)
LENGTH = timedelta(minutes=30)

ASKED = 3  # times that are read to a caller at once
FULL_DAYS = 28
TAKEN = 0.96
SEED = 1407
BOOKING_SECONDS = 5.0
CLAIMANTS = 8
ROUNDS = 10
PATIENCE = 60.0  # seconds until a claimant that never came is given up


class Place(NamedTuple):
    """One counter at one time: what one appointment takes."""

    day: date
    starts: time
    counter: int  # 0 to COUNTERS - 1


@dataclass(frozen=True)
class Figures:
    """What one side was measured to do; `ways` has the figure of each way that was tried."""

    full_seconds: float  # the next three free times, the first 28 days full
    taken_seconds: float  # the next three free times, 96 % taken
    bookings_per_second: float  # as a visitor or caller makes them
    bare_bookings_per_second: float  # without HTTP, session and mail, which ours has in neither
    surplus: int  # appointments made beyond the one place, all rounds together
    ways: Mapping[str, float]


def starts() -> list[time]:
    """Return the times of a day at which an appointment can begin."""
    opens, closes = (datetime.combine(date.min, at) for at in (OPENS, CLOSES))
    return [(opens + n * LENGTH).time() for n in range((closes - opens) // LENGTH)]


def places(today: date) -> list[Place]:
    """Return all places of the calendar, in the order of time."""
    days = [today + timedelta(days=n) for n in range(1, DAYS + 1)]
    return [Place(day, at, n) for day in days for at in starts() for n in range(COUNTERS)]


def full_days(today: date) -> list[Place]:
    """Return the places of the first 28 days: a book in which free times are far away."""
    return [place for place in places(today) if place.day <= today + timedelta(days=FULL_DAYS)]


def taken_at_random(today: date) -> list[Place]:
    """Return 96 % of all places, the same ones for both sides."""
    calendar = places(today)
    chosen = random.Random(SEED).sample(calendar, round(TAKEN * len(calendar)))  # noqa: S311  no secret
    return sorted(chosen)


def contested(today: date) -> list[Place]:
    """Return one place a round: the last counter of the calendar's first times."""
    return [place for place in places(today) if place.counter == COUNTERS - 1][:ROUNDS]


def all_but_one(today: date) -> list[Place]:
    """Return the places to take so that each contested place is the last of its time."""
    times = {(place.day, place.starts) for place in contested(today)}
    return [p for p in places(today) if (p.day, p.starts) in times and p.counter < COUNTERS - 1]


def median_seconds(action: Callable[[], object], runs: int) -> float:
    """Return how long an action takes, the middle one of several runs."""
    return statistics.median(_seconds(action) for _ in range(runs))


def per_second(book: Callable[[Place], object], calendar: Iterable[Place]) -> tuple[float, int]:
    """Make as many bookings as fit in the booking time; return how many a second, and how many."""
    began, done = clock.perf_counter(), 0
    for place in calendar:
        book(place)
        done += 1
        if clock.perf_counter() - began >= BOOKING_SECONDS:
            break
    return done / (clock.perf_counter() - began), done


def all_at_once(claim: Callable[[Callable[[], object]], None]) -> None:
    """Run the claimants in processes of their own; each is given a call that waits for the rest."""
    fork = multiprocessing.get_context("fork")
    barrier = fork.Barrier(CLAIMANTS, timeout=PATIENCE)
    claimants = [fork.Process(target=claim, args=(barrier.wait,)) for _ in range(CLAIMANTS)]
    for process in claimants:
        process.start()
    for process in claimants:
        process.join()
    if any(process.exitcode for process in claimants):
        sys.exit("a claimant failed")


def _seconds(action: Callable[[], object]) -> float:
    began = clock.perf_counter()
    action()
    return clock.perf_counter() - began

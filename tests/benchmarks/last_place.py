"""Eight processes want the same last place, two hundred times: how many outcomes are wrong."""

from collections.abc import Iterator
from functools import partial
from multiprocessing import get_context

from scheduling.book import AppointmentBook
from scheduling.openings import Opening, Wish
from tests.benchmarks.books import CALENDAR, NewBook
from tests.benchmarks.report import Bound
from tests.benchmarks.server import NOW
from tests.scheduling import workers
from tests.scheduling.workers import BOOKED, TAKEN, Racer

PROCESSES = 8
ROUNDS = 200
WISH = Wish("permit")
"""Half an hour, at the only counter that can do it."""


def bounds(backend: str, new_book: NewBook) -> Iterator[Bound]:
    """One figure: outcomes that are neither the one booking of a round nor a plain refusal."""
    database = new_book()
    found: list[Opening] = database.transact(
        lambda c: AppointmentBook(c, CALENDAR, NOW).openings(WISH, count=ROUNDS)
    )
    places = tuple(opening.starts_at for opening in found)
    url = database.url.render_as_string(hide_password=False)
    context = get_context("spawn")
    start = context.Barrier(PROCESSES)
    racer = partial(Racer, url=url, now=NOW, wish=WISH, rounds=places)
    with context.Pool(PROCESSES, workers.ready, (start,)) as pool:
        outcomes = pool.map(workers.race, [racer(str(n)) for n in range(PROCESSES)], chunksize=1)
    rounds = list(zip(*outcomes, strict=True))
    wrong = sum(_wrong(each) for each in rounds)
    name = f"wrong of {PROCESSES * len(rounds):,} wants of a last place ({backend})"
    yield Bound(name, wrong, most=0)
    database.close()


def _wrong(outcomes: tuple[str, ...]) -> int:
    """How many of one round's outcomes should have been others."""
    booked, taken = outcomes.count(BOOKED), outcomes.count(TAKEN)
    return abs(booked - 1) + len(outcomes) - booked - taken

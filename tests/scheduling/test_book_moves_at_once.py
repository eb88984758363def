"""Eight processes change appointments in the same moment: one wins, the others are told."""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from multiprocessing import get_context

from scheduling.bookings import Appointment
from scheduling.openings import Wish
from tests.scheduling import workers
from tests.scheduling.door import PERMIT, Door, starts
from tests.scheduling.test_book_concurrency import deadlocks
from tests.scheduling.workers import CHANGED, DONE, TAKEN, Mover

PROCESSES = 8
ROUNDS = 12
TRANSPORT = Wish("transport")
"""Half an hour too, at the only counter of care."""

Round = tuple[Appointment, datetime | None]


def test_of_eight_who_change_one_appointment_one_wins(door: Door) -> None:
    """Seven move it, each to a time of his own, and one cancels it: once it is changed."""
    places = iter(starts(door.openings(PERMIT)))
    rounds = [_changes_of_one(door, places) for _ in range(ROUNDS)]
    outcomes = _race(door, rounds)
    assert [sorted(each) for each in outcomes] == [[*[CHANGED] * 7, DONE]] * ROUNDS
    for said, tried in zip(outcomes, rounds, strict=True):
        seen, to = tried[said.index(DONE)]
        now = door.find(seen.reference)
        assert now.starts_at == (to or seen.starts_at)
        assert now.status == ("booked" if to else "cancelled")


def test_of_eight_who_move_into_the_last_place_one_wins(door: Door) -> None:
    """The other seven have what they had."""
    booked = [door.books(f"{n}", TRANSPORT) for n in range(PROCESSES * ROUNDS)]
    places = starts(door.openings(TRANSPORT, count=ROUNDS))
    mine = iter(booked)
    rounds: list[list[Round]] = [[(next(mine), to) for _ in range(PROCESSES)] for to in places]
    outcomes = _race(door, rounds)
    assert [sorted(each) for each in outcomes] == [[DONE, *[TAKEN] * 7]] * ROUNDS
    for said, tried in zip(outcomes, rounds, strict=True):
        for outcome, (seen, to) in zip(said, tried, strict=True):
            expected = to if outcome == DONE else seen.starts_at
            assert door.find(seen.reference).starts_at == expected


def _changes_of_one(door: Door, places: Iterator[datetime]) -> list[Round]:
    seen = door.confirm("anna", PERMIT, next(places), "+31612345678")
    return [(seen, None), *((seen, to) for to in islice(places, PROCESSES - 1))]


def _race(door: Door, rounds: list[list[Round]]) -> list[list[str]]:
    """What came of each round, process by process; in none of them has anybody waited in vain."""
    before = deadlocks(door.database)
    url = door.database.url.render_as_string(hide_password=False)
    movers = [
        Mover(str(n), url, door.now, tuple(each[n] for each in rounds)) for n in range(PROCESSES)
    ]
    context = get_context("spawn")
    start = context.Barrier(PROCESSES)
    with context.Pool(PROCESSES, workers.ready, (start,)) as pool:
        outcomes = pool.map(workers.race, movers, chunksize=1)
        pool.close()
        pool.join()
    assert door.faults() == []
    assert door.holds() == 0
    assert deadlocks(door.database) == before
    return [list(each) for each in zip(*outcomes, strict=True)]

"""The first offer of a call goes a short way, and hears what everybody else would."""

import random
from concurrent.futures import ThreadPoolExecutor, wait

from scheduling.interval import Interval
from scheduling.openings import Opening, Wish
from tests.scheduling.door import BIRTH, EXTRACT, PASSPORT, PERMIT, Door, at, holder, starts
from tests.scheduling.towns import roster, town

WISHES = (PASSPORT, EXTRACT, PERMIT, BIRTH, Wish("travel-document", 2), Wish("driving-licence"))


def first_offer(
    door: Door, who: str, wish: Wish = PASSPORT, *, within: Interval | None = None, count: int = 3
) -> list[Opening]:
    """The times that are read out to somebody who has heard none yet."""
    return door.do(
        lambda book: book.offer(holder(who), wish, within=within, count=count, replaces=False)
    )


def test_a_first_offer_is_what_is_free(door: Door) -> None:
    """Whatever is booked and held already, the first offer is the next free times."""
    chance = random.Random(7)  # noqa: S311  not a secret
    for n in range(40):
        wish = chance.choice(WISHES)
        count = chance.randint(1, 3)
        free = door.openings(wish, count=count)
        offered = first_offer(door, f"caller {n}", wish, count=count)
        assert offered == free
        if n % 2:
            door.confirm(f"caller {n}", wish, chance.choice(offered).starts_at)
        door.passes(seconds=chance.choice((0, 20, 100)))
    assert door.faults() == []


def test_a_first_offer_holds_its_times(door: Door) -> None:
    """What is read out first is held as long as any other offer, and for this caller alone."""
    offered = first_offer(door, "anna", EXTRACT)
    assert [(entry.status, entry.pool) for entry in door.entries()] == [("held", "taxes")] * 3
    door.passes(seconds=89)
    assert door.holds() == 3
    door.keep("anna", EXTRACT, offered[1].starts_at)
    door.confirm("anna", EXTRACT, offered[1].starts_at)
    assert [entry.starts_at for entry in door.entries()] == [offered[1].starts_at]
    assert door.faults() == []


def test_a_first_offer_finds_the_time_of_ended_holds(door: Door) -> None:
    """A hold that has ended stands in nobody's way, also not in that of a first offer."""
    one = Door(door.database, town(roster("1", "08:00", "17:00")), door.now)
    one.publish()
    soon = Interval(at(14), at(16))
    annas = first_offer(one, "anna", within=soon)
    one.passes(minutes=5)
    assert first_offer(one, "bram", within=soon) == annas
    assert one.holds() == 3
    assert one.faults() == []


def test_where_fewer_are_free_a_first_offer_has_those(door: Door) -> None:
    """With two places left in a stretch, two are read out; with none, none."""
    two = Interval(at(16, 40), at(24))
    assert starts(first_offer(door, "anna", Wish("driving-licence"), within=two)) == [
        at(16, 40),
        at(16, 50),
    ]
    for name in ("bram", "coen"):
        assert len(first_offer(door, name, within=two)) == 2
    assert first_offer(door, "dirk", within=two) == []
    assert door.faults() == []


def test_a_first_offer_waits_for_nobody(door: Door) -> None:
    """While somebody else's offer is not yet certain, a first offer on a server is another one."""
    with ThreadPoolExecutor(1) as threads:
        with door.database.write() as connection:
            door.book(connection).offer(holder("anna"), PASSPORT, replaces=False)
            brams = threads.submit(first_offer, door, "bram")
            if not door.database.is_sqlite:
                assert wait([brams], 10).done
        assert len(brams.result()) == 3
    assert door.holds() == 6
    assert door.faults() == []


def test_all_first_offers_of_one_moment_add_up(door: Door) -> None:
    """Forty callers at once hear three times each, and no time is read out too often."""
    with ThreadPoolExecutor(8) as threads:
        offers = list(threads.map(lambda n: first_offer(door, str(n), EXTRACT), range(40)))
    assert [len(set(starts(each))) for each in offers] == [3] * 40
    assert door.holds() == 120
    assert door.faults() == []
    for n, each in enumerate(offers):
        door.confirm(str(n), EXTRACT, each[0].starts_at)
    assert door.faults() == []

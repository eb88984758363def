"""What is read out to a caller is free, and stays free for that caller while it is read."""

from datetime import timedelta
from itertools import pairwise

import pytest

from scheduling.errors import UnknownService
from scheduling.interval import Interval
from scheduling.offers import MOST_HELD
from scheduling.openings import Wish
from tests.scheduling.door import EXTRACT, PASSPORT, PERMIT, Door, at, starts


def test_the_next_three_times_are_offered(door: Door) -> None:
    """Who rings at ten hears the times from eleven on, earliest first."""
    assert starts(door.offer("anna")) == [at(11, 0), at(11, 10), at(11, 20)]


def test_times_read_out_to_one_caller_are_not_offered_to_another(door: Door) -> None:
    """With one counter, what Anna hears is not read out to Bram."""
    assert starts(door.offer("anna", PERMIT)) == [at(11, 0), at(11, 30), at(12, 0)]
    assert starts(door.offer("bram", PERMIT)) == [at(12, 30), at(13, 0), at(13, 30)]
    assert starts(door.openings(PERMIT))[0] == at(14, 0)


def test_a_time_is_offered_to_as_many_callers_as_there_are_counters(door: Door) -> None:
    """Three counters do passports, so three callers hear eleven o'clock and the fourth does not."""
    heard = [door.offer(name)[0].starts_at for name in ("anna", "bram", "coen", "dirk")]
    assert heard == [at(11, 0), at(11, 0), at(11, 0), at(11, 30)]


def test_looking_holds_nothing(door: Door) -> None:
    """Two who only look see the same times."""
    assert door.openings(PERMIT, count=3) == door.openings(PERMIT, count=3)
    assert door.holds() == 0


@pytest.mark.parametrize("service", ["household-help", "permit", "birth", "extract"])
def test_offered_times_never_overlap(door: Door, service: str) -> None:
    """Each of the offered times stays possible when another of them is taken."""
    found = door.openings(Wish(service))
    assert len(found) > 5
    assert all(earlier.ends_at <= later.starts_at for earlier, later in pairwise(found))


def test_a_visit_of_several_persons_takes_their_time(door: Door) -> None:
    """Six passports take an hour."""
    first, second, _ = door.offer("anna", Wish("travel-document", 6))
    assert first.ends_at - first.starts_at == timedelta(hours=1)
    assert (first.starts_at, second.starts_at) == (at(11), at(12))


def test_a_holder_holds_three_times_at_most(door: Door) -> None:
    """Who asks again and again, also for other things, holds no more than the last three."""
    for wish in (PASSPORT, PERMIT, EXTRACT, Wish("travel-document", 4), PASSPORT):
        assert len(door.offer("anna", wish)) == 3
        assert door.holds() == 3
        assert len(door.entries()) == 3
    assert door.faults() == []


def test_nobody_holds_more_than_three_times_however_many_he_asks_for(door: Door) -> None:
    """A holder holds at most three times, also when a door asks for more."""
    door.offer("anna", count=MOST_HELD + 5)
    assert door.holds() == MOST_HELD


def test_a_new_offer_frees_the_times_of_the_old_one(door: Door) -> None:
    """Who asks for something else gives back what he held."""
    door.offer("anna", PERMIT)
    door.offer("anna", PASSPORT)
    assert starts(door.offer("bram", PERMIT)) == [at(11, 0), at(11, 30), at(12, 0)]


def test_the_same_holder_hears_his_own_times_again(door: Door) -> None:
    """Who goes back and asks again hears the same times, though no one else can have them."""
    first = door.offer("anna", PERMIT)
    door.offer("bram", PERMIT)
    assert door.offer("anna", PERMIT) == first


def test_the_same_holder_is_offered_an_extract_at_the_same_counters_again(door: Door) -> None:
    """Asking again does not move an extract from the tax counter to the busier ones."""
    first = door.offer("anna", EXTRACT)
    assert {each.pool for each in first} == {"taxes"}
    assert door.offer("anna", EXTRACT) == first


def test_his_own_holds_do_not_hide_times_from_a_holder(door: Door) -> None:
    """Who hears times for a parking card and then asks for household help hears the first times."""
    assert starts(door.offer("anna", Wish("disabled-parking"))) == [at(11), at(11, 20), at(11, 40)]
    assert starts(door.offer("anna", Wish("household-help")))[:2] == [at(11), at(11, 40)]


def test_times_after_a_moment_are_offered_from_then_on(door: Door) -> None:
    """Later times begin after those that were read out; another day is that day's own times."""
    later = Interval(at(14, 5), at(14, 45))
    assert starts(door.offer("anna", within=later)) == [at(14, 10), at(14, 20), at(14, 30)]


@pytest.mark.parametrize(
    "wish",
    [
        Wish("passport"),
        Wish("travel-document", 7),
        Wish("travel-document", 0),
        Wish("permit", 2),
    ],
    ids=str,
)
def test_a_service_that_is_not_there_is_refused(door: Door, wish: Wish) -> None:
    """An unknown service, or one for too many persons or none, is an error and holds nothing."""
    with pytest.raises(UnknownService, match=wish.service):
        door.offer("anna", wish)
    with pytest.raises(UnknownService, match=wish.service):
        door.openings(wish)
    assert door.holds() == 0

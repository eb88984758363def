"""A hold lasts as long as somebody listens, and ends by itself."""

import pytest

from scheduling.book import AppointmentBook
from scheduling.errors import OpeningTaken
from scheduling.interval import Interval
from scheduling.offers import HOLD
from tests.scheduling.door import PERMIT, Door, at, holder, starts

SOON = Interval(at(14), at(17))
"""An afternoon that is not too soon, also some minutes later."""


def test_keeping_one_time_frees_the_others(door: Door) -> None:
    """While Anna hears the read-back of one time, the other two are offered to Bram."""
    door.offer("anna", PERMIT)
    door.keep("anna", PERMIT, at(11, 30))
    assert starts(door.offer("bram", PERMIT)) == [at(11, 0), at(12, 0), at(12, 30)]
    assert door.faults() == []


def test_keeping_a_time_holds_it_anew(door: Door) -> None:
    """The read-back has the whole length of a hold again."""
    door.offer("anna", PERMIT)
    door.passes(seconds=80)
    door.keep("anna", PERMIT, at(12, 0))
    door.passes(seconds=80)
    assert at(12, 0) not in starts(door.openings(PERMIT))


def test_hanging_up_frees_every_time(door: Door) -> None:
    """What was read out to a caller who hangs up is offered to the next at once."""
    first = door.offer("anna", PERMIT)
    door.release("anna")
    assert door.offer("bram", PERMIT) == first
    assert door.faults() == []


def test_hanging_up_frees_nobody_elses_time(door: Door) -> None:
    """Bram keeps what he holds when Anna hangs up."""
    door.offer("anna", PERMIT)
    brams = door.offer("bram", PERMIT)
    door.release("anna")
    assert not set(starts(brams)) & set(starts(door.openings(PERMIT)))


def test_hanging_up_with_nothing_held_changes_nothing(door: Door) -> None:
    """A call that never came to times ends without a trace."""
    door.release("anna")
    assert door.entries() == []


def test_a_hold_lasts_until_its_last_second(door: Door) -> None:
    """One second before the end of a hold nobody else can have the time."""
    door.offer("anna", PERMIT, within=SOON)
    door.passes(seconds=HOLD.total_seconds() - 1)
    assert starts(door.openings(PERMIT, within=SOON))[0] == at(15, 30)


def test_a_hold_ends_by_itself(door: Door) -> None:
    """The caller who looks next is offered the time of a hold that has ended; no job is needed."""
    annas = door.offer("anna", PERMIT, within=SOON)
    door.passes(seconds=HOLD.total_seconds())
    assert door.offer("bram", PERMIT, within=SOON) == annas
    assert door.holds() == 3
    assert door.faults() == []


def test_looking_finds_the_time_of_an_ended_hold(door: Door) -> None:
    """Also who only looks sees the time of holds that nobody has cleared away yet."""
    annas = door.offer("anna", PERMIT, within=SOON)
    door.passes(minutes=5)
    assert door.openings(PERMIT, within=SOON, count=3) == annas
    assert door.holds() == 0


def test_an_ended_hold_is_not_in_the_agenda(door: Door) -> None:
    """The municipality does not see holds that count for nothing."""
    door.offer("anna", PERMIT)
    assert [entry.status for entry in door.entries()] == ["held"] * 3
    door.passes(minutes=5)
    assert door.entries() == []


def test_listening_on_holds_the_times_anew(door: Door) -> None:
    """Who hears the times a second time loses none of them meanwhile."""
    annas = door.offer("anna", PERMIT, within=SOON)
    for _ in range(4):
        door.passes(seconds=80)
        door.do(lambda book: book.refresh(holder("anna")))
    assert not set(starts(annas)) & set(starts(door.openings(PERMIT, within=SOON)))


def test_a_late_choice_still_counts_while_the_time_is_free(door: Door) -> None:
    """A caller whose hold ended keeps the time that he chooses, when nobody else took it."""
    door.offer("anna", PERMIT, within=SOON)
    door.passes(minutes=5)
    assert door.openings(PERMIT, within=SOON)
    door.keep("anna", PERMIT, at(14, 30))
    assert at(14, 30) not in starts(door.openings(PERMIT, within=SOON))
    assert door.faults() == []


def test_a_late_choice_of_the_next_possible_time_still_counts(door: Door) -> None:
    """Who was offered a time an hour ahead and thinks for some minutes keeps it."""
    door.offer("anna", PERMIT)
    door.passes(minutes=5)
    assert door.openings(PERMIT)
    door.keep("anna", PERMIT, at(11))


def test_a_late_choice_of_a_time_that_somebody_else_holds_is_refused(door: Door) -> None:
    """A caller whose hold ended hears it when somebody else is listening to that time now."""
    door.offer("anna", PERMIT, within=SOON)
    door.passes(minutes=5)
    door.offer("bram", PERMIT, within=SOON)
    with pytest.raises(OpeningTaken):
        door.keep("anna", PERMIT, at(14, 0))
    assert door.faults() == []


def test_a_refused_choice_loses_no_time(door: Door) -> None:
    """When a choice is refused and the call goes on, what was held is held, or free again."""
    taken = door.books("bram", PERMIT).starts_at
    door.offer("anna", PERMIT)

    def choose_in_vain(book: AppointmentBook) -> None:
        with pytest.raises(OpeningTaken):
            book.keep(holder("anna"), PERMIT, taken)

    door.do(choose_in_vain)
    assert door.faults() == []
    door.release("anna")
    assert starts(door.openings(PERMIT))[:2] == [at(11, 30), at(12, 0)]

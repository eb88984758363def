"""Handovers work once, for some minutes, and nobody finds one by guessing; on both databases."""

from datetime import timedelta
from functools import partial
from multiprocessing import get_context

import pytest
from msgspec.structs import replace

from scheduling.errors import ExpiredHandover, TooManyGuesses, UnknownHandover, UsedHandover
from scheduling.handovers import (
    LENGTH,
    MOST_A_CALL,
    MOST_AT_ALL,
    Handover,
    make,
    note_booked,
    note_for,
    note_number,
    of_call,
    redeem,
    redeem_proven,
)
from scheduling.presence import (
    LONGEST,
    is_present,
    present,
    sign_in_to_calls,
    sign_out_of_calls,
    somebody_present,
    stay,
)
from tests.scheduling import workers
from tests.scheduling.door import Door
from tests.scheduling.workers import DONE, TAKEN, Receiver

PAIR = Handover("travel-document", 2, "en", "+31612345678", note="in een rolstoel", agent="anna")
PROCESSES = 8
ROUNDS = 12
PRESSES_BESIDES_THE_CODE = 3
"""The key for the consultation, the key for the line's second number, the key for the transfer."""


def made(door: Door, handover: Handover = PAIR) -> str:
    """The code of a handover."""
    return door.database.transact(lambda c: make(c, handover, door.now))


def used(door: Door, code: str, call: str = "CA1") -> Handover | type[Exception]:
    """What comes of a code in a call; what went wrong is committed too, as the line does."""

    def work(connection: object) -> Handover | type[Exception]:
        try:
            return redeem(connection, code, call, door.now)  # type: ignore[arg-type]
        except (TooManyGuesses, UnknownHandover, UsedHandover, ExpiredHandover) as error:
            return type(error)

    return door.database.transact(work)


def test_a_code_gives_all_that_the_agent_noted(door: Door) -> None:
    """Service, persons, language, number, note, agent."""
    found = used(door, made(door))
    assert isinstance(found, Handover)
    assert found.used_at == door.now
    assert replace(found, id=0, used_at=None) == PAIR
    with door.database.read() as connection:
        assert of_call(connection, "CA1") == found
        assert of_call(connection, "CA2") is None


def test_a_code_works_once(door: Door) -> None:
    """Another call hears that it is used; an agent who goes one step back may key it again."""
    code = made(door)
    assert isinstance(used(door, code), Handover)
    assert used(door, code, "CA2") is UsedHandover
    assert isinstance(used(door, code), Handover)
    with pytest.raises(UsedHandover):
        door.database.transact(lambda c: redeem_proven(c, code, "CA1", door.now))


def test_a_number_that_the_agent_did_not_know_is_noted(door: Door) -> None:
    """One that he knew stays."""
    for call, known in (("CA1", PAIR.number), ("CA2", "")):
        found = used(door, made(door, replace(PAIR, number=known)), call)
        assert isinstance(found, Handover)
        door.database.transact(partial(note_number, handover=found.id, number="+31687654321"))
        with door.database.read() as connection:
            noted = of_call(connection, call)
        assert noted
        assert noted.number == (known or "+31687654321")


def test_of_eight_processes_that_come_with_one_code_one_gets_the_caller(door: Door) -> None:
    """In each of twelve rounds seven are told that it is used, also where it came signed."""
    codes = tuple(made(door, replace(PAIR, minutes=24 * 60)) for _ in range(ROUNDS))
    url = door.database.url.render_as_string(hide_password=False)
    receivers = [Receiver(str(n), url, door.now, codes) for n in range(PROCESSES)]
    context = get_context("spawn")
    start = context.Barrier(PROCESSES)
    with context.Pool(PROCESSES, workers.ready, (start,)) as pool:
        outcomes = pool.map(workers.race, receivers, chunksize=1)
        pool.close()
        pool.join()
    told = [DONE, *[TAKEN] * (PROCESSES - 1)]
    assert [sorted(each) for each in zip(*outcomes, strict=True)] == [sorted(told)] * ROUNDS
    with door.database.read() as connection:
        winners = [each.index(DONE) for each in zip(*outcomes, strict=True)]
        for n, winner in enumerate(winners):
            assert of_call(connection, f"{winner}-{n}")


def test_a_code_is_for_some_minutes(door: Door) -> None:
    """After them it opens nothing."""
    code = made(door)
    door.passes(minutes=PAIR.minutes)
    assert used(door, code) is ExpiredHandover


def test_a_call_has_three_tries(door: Door) -> None:
    """After them even the right code is not looked up in this call; in another one it is."""
    code = made(door)
    wrong = "0" * LENGTH if code != "0" * LENGTH else "1" * LENGTH
    assert [used(door, wrong) for _ in range(MOST_A_CALL)] == [UnknownHandover] * MOST_A_CALL
    assert used(door, code) is TooManyGuesses
    assert isinstance(used(door, code, "CA2"), Handover)


def test_everybody_together_has_so_many_tries_in_an_hour(door: Door) -> None:
    """Calls by the hundred do not help whoever guesses; an hour later codes work again."""
    for n in range(MOST_AT_ALL):
        assert used(door, "nothing", f"CA{n}") is UnknownHandover
    assert used(door, made(door), "CAx") is TooManyGuesses
    door.passes(minutes=60)
    assert isinstance(used(door, made(door), "CAx"), Handover)


def test_the_agent_s_road_takes_twelve_presses() -> None:
    """Including the code."""
    assert LENGTH + PRESSES_BESIDES_THE_CODE <= 12


def test_the_counter_reads_the_note_and_old_handovers_are_forgotten(door: Door) -> None:
    """What led to an appointment stays for the counter, without the caller's number."""
    kept, gone = used(door, made(door)), used(door, made(door), "CA2")
    assert isinstance(kept, Handover)
    assert isinstance(gone, Handover)
    door.database.transact(lambda c: note_booked(c, kept.id, "222333444555"))
    door.passes(days=2)
    made(door, replace(PAIR, note="another"))
    with door.database.read() as connection:
        assert note_for(connection, "222333444555") == PAIR.note
        assert note_for(connection, "555") == ""
        assert of_call(connection, "CA2") is None
        still = of_call(connection, "CA1")
    assert still
    assert still.number == ""


def test_agents_sign_in_and_out_of_calls(door: Door) -> None:
    """Where nobody ever did, the hours decide; who forgets to sign out is gone the next day."""

    def there() -> tuple[list[str], bool]:
        with door.database.read() as connection:
            return present(connection, door.now), somebody_present(connection, door.now)

    assert there() == ([], True)
    for agent in ("anna", "bert", "anna"):
        door.database.transact(partial(sign_in_to_calls, agent=agent, now=door.now))
        door.now += timedelta(seconds=1)
    assert there() == (["bert", "anna"], True)
    door.database.transact(lambda c: sign_out_of_calls(c, "bert", door.now))
    assert there() == (["anna"], True)
    door.passes(hours=14)
    assert there() == ([], False)


def test_agents_take_calls_until_their_session_ends(door: Door) -> None:
    """Longer where they stay; who has stopped does not come back by it."""
    soon, late = (door.now + timedelta(minutes=each) for each in (10, 20))
    for agent in ("anna", "bert"):
        door.database.transact(partial(sign_in_to_calls, agent=agent, now=door.now, until=soon))
    door.passes(minutes=5)
    door.database.transact(lambda c: sign_out_of_calls(c, "bert", door.now))
    for agent in ("anna", "bert"):
        door.database.transact(partial(stay, agent=agent, now=door.now, until=late))

    def there() -> list[bool]:
        with door.database.read() as connection:
            return [is_present(connection, each, door.now) for each in ("anna", "bert")]

    assert there() == [True, False]
    door.passes(minutes=10)
    assert there() == [True, False]
    door.passes(minutes=5)
    assert there() == [False, False]
    door.database.transact(partial(stay, agent="anna", now=door.now, until=late + LONGEST))
    assert there() == [False, False]


@pytest.mark.parametrize("code", ["", "'; DROP TABLE handovers", "9" * 10_000, "éé"])
def test_whatever_is_no_code_is_unknown(door: Door, code: str) -> None:
    """And counts as a guess."""
    assert used(door, code) is UnknownHandover

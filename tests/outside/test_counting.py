"""What is counted: calls by outcome, misses per step, Twilio's errors, and how the book stands."""

from collections.abc import Callable
from pathlib import Path

import pytest

from scheduling import references
from scheduling.database import Database
from scheduling.tasks import Task, ask_for
from tests.calling import PASSPORT, key_in, press_all
from tests.conftest import World
from tests.ivr.post import open_in
from tests.ivr.test_handover import NO_CODES
from tests.ivr.test_reports import reports
from tests.outside.running import RunningLine
from tests.outside.test_health import NOBODY_LISTENS, counted, on
from tests.texting import Visitor, rows


class Counting:
    """How much some metrics have grown since this was made."""

    def __init__(self, world: World, *what: str) -> None:
        self.world, self.what = world, what
        self.before = counted(world, *what)

    @property
    def grown(self) -> float:
        """By how much."""
        return counted(self.world, *self.what) - self.before


def books(world: World) -> None:
    """A call that books, and hangs up."""
    call = world.rings()
    press_all(call, PASSPORT + "1")
    call.hang_up()


def leaves(world: World) -> None:
    """A call that is given up at a question."""
    call = world.rings()
    call.press("1")
    call.hang_up()


def talks(world: World) -> None:
    """A call that reaches an employee."""
    world.rings(agents=("completed",)).press("0")


def comes_late(world: World) -> None:
    """A call in the evening."""
    world.clock.passes(hours=10)
    world.rings().hang_up()


@pytest.mark.parametrize(
    ("plays", "outcome"),
    [(books, "booked"), (leaves, "left"), (talks, "employee"), (comes_late, "closed")],
)
def test_a_call_is_counted_once_by_what_came_of_it(
    world: World, plays: Callable[[World], None], outcome: str
) -> None:
    """Also where Twilio tells its end again, and where the line itself has ended it."""
    every, this = (
        Counting(world, "line_calls_total{"),
        Counting(world, "line_calls_total{", f'outcome="{outcome}"'),
    )
    plays(world)
    world.calls[-1].hang_up()
    assert (every.grown, this.grown) == (1, 1)


def test_silence_and_wrong_keys_are_counted_at_their_step(world: World) -> None:
    """Where callers are lost can be seen; a retry is neither a turn nor a miss."""
    at = ("line_requests_total{", 'kind="turn"', 'step="ChooseService"')
    silent = Counting(world, *at, 'outcome="no_input"')
    wrong = Counting(world, *at, 'outcome="no_match"')
    again = Counting(world, *at, 'outcome="again"')
    answered = Counting(world, *at[:2], 'outcome="answered"')
    call = world.rings()
    call.press("1")
    call.stay_silent()
    call.press("9")
    call.retry()
    assert (silent.grown, wrong.grown, again.grown, answered.grown) == (1, 1, 1, 1)


@pytest.mark.parametrize(
    ("told", "code"), [("11200", "11200"), ("13520", "13520"), ("1" * 9, "other"), ("", "none")]
)
def test_twilios_errors_are_counted_by_those_that_are_known(
    world: World, told: str, code: str
) -> None:
    """Whatever a request says, there are only so many labels."""
    errors = Counting(world, "line_fallbacks_total{", f'code="{code}"')
    call = world.rings()
    post = call.post
    call.post = lambda path, form: post(path, {**form, "ErrorCode": told})
    call.ring("/voice/fallback")
    assert errors.grown == 1


def now(world: World, *what: str) -> float:
    """A gauge of the book."""
    return counted(world, *what)


def test_the_book_is_read_when_it_is_asked_for(worlds: World) -> None:
    """Holds, bookings of today per channel, messages that are due, and tasks, on each database."""
    world = worlds
    assert now(world, "line_holds") == 0
    call = world.rings()
    press_all(call, PASSPORT[:3])
    assert now(world, "line_holds") == 3
    press_all(call, "11")
    assert now(world, "line_holds") == 0
    assert now(world, "line_booked_today{", '"telephone"') == 1
    assert now(world, "line_booked_today{", '"agent"') == 0
    world.clock.passes(minutes=7)
    assert now(world, "line_outbox_age_seconds") == 7 * 60
    assert now(world, "line_outbox_due") == 1
    task = Task("call_back", "+31612345678", "nl")
    world.database.transact(lambda connection: ask_for(connection, task, world.clock()))
    assert now(world, "line_tasks_open{", '"call_back"') == 1
    assert now(world, "line_ready ") == now(world, "line_open ") == 1


def test_guesses_are_seen_for_an_hour(worlds: World) -> None:
    """Of references and of handovers; whoever is not believed any more adds none."""
    call = worlds.rings()
    call.press("5")
    key_in(call, references.draw())
    handed = worlds.caller(number="+31715458501")
    handed.ring("/voice/handover")
    press_all(handed, NO_CODES[0])
    told = ('"reference"', '"handover"')
    assert [now(worlds, "line_guesses_hour{", kind) for kind in told] == [1, 1]
    worlds.clock.passes(hours=1, seconds=1)
    assert [now(worlds, "line_guesses_hour{", kind) for kind in told] == [0, 0]


def test_messages_are_counted_against_their_limit(worlds: World) -> None:
    """Those of 24 hours, which is what the limit of all together counts."""
    with open_in(worlds) as office:
        Visitor().books(worlds, later=3)
        office.sends_all()
    assert now(worlds, "line_messages_day ") == 1
    most = worlds.parts.calendar.municipality.messages.most_a_day
    assert now(worlds, "line_messages_day_most ") == most
    worlds.clock.passes(days=1, seconds=1)
    assert now(worlds, "line_messages_day ") == 0


@pytest.mark.parametrize(
    ("told", "code"), [("21614", "21614"), ("20429", "20429"), ("30005", "other")]
)
def test_what_twilio_refuses_is_counted(world: World, told: str, code: str) -> None:
    """Also where it says so only later, of a message that it has taken."""
    refused = Counting(world, "line_refusals_total{", f'code="{code}"')
    with open_in(world) as office:
        Visitor().books(world, later=3)
        office.sends_all()
        reports(world, rows(world.database)[0].sid, "undelivered", ErrorCode=told)
    assert refused.grown == 1


def test_requests_that_nobody_signed_are_counted(world: World) -> None:
    """A changed token, or an attack: at every door of the telephone."""
    unsigned = Counting(world, "line_requests_total{", 'kind="unsigned"')
    client = world.app.test_client()
    assert client.post("/voice", data={"CallSid": "CA1"}).status_code == 403
    assert client.post("/messages", data={"MessageSid": "SM1"}).status_code == 403
    assert unsigned.grown == 2


def test_what_was_booked_yesterday_is_not_of_today(world: World) -> None:
    """The day is the municipality's."""
    Visitor().books(world, later=3)
    assert now(world, "line_booked_today{") == 1
    world.clock.passes(days=1)
    assert now(world, "line_booked_today{") == 0


def test_without_a_database_the_counters_are_still_told(world: World) -> None:
    """And that it is away, which is not an error of the scrape."""
    away = Database(NOBODY_LISTENS)
    world.app = on(world, away)
    assert (now(world, "line_database_up "), now(world, "line_ready ")) == (0, 0)
    assert "line_requests_total" in world.app.test_client().get("/metrics").text
    away.close()


def test_a_scrape_is_the_sum_of_all_workers(tmp_path: Path) -> None:
    """Whichever worker answers tells what all have counted; a start begins at nothing."""
    line = RunningLine(tmp_path)
    try:
        line.start("--workers", "3")
        assert requests(line) == 0
        for _ in range(4):
            assert line.flask("call", "--keys", "1111", "1").returncode == 0
        told = {requests(line) for _ in range(8)}
    finally:
        line.stop()
    assert told == {24}
    assert "Traceback" not in line.printed()


def requests(line: RunningLine) -> float:
    """How many requests of calls there were, as some worker tells."""
    _, body = line.get("/metrics")
    found = [each for each in body.splitlines() if each.startswith("line_request_seconds_count")]
    return sum(float(each.rpartition(" ")[2]) for each in found)

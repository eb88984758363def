"""Support sees where a call is and how it came there, without a number, a key or a reference."""

import json
import re
from collections.abc import Callable

import pytest
from click.testing import Result
from flask.testing import FlaskCliRunner

from ivr.carrier import PhoneCall
from tests.calling import PASSPORT, key_in, press_all
from tests.conftest import World
from tests.ivr.looking import booked
from tests.ivr.post import open_in
from tests.ivr.test_handover import made
from tests.outside.personal import home, own_mobile, rung_back

NUMBER = "+31687654321"


def run(world: World, *arguments: str) -> Result:
    """One of the commands."""
    return FlaskCliRunner(world.app).invoke(args=["calls", *arguments])


def shown(world: World, call: PhoneCall) -> dict[str, list[str]]:
    """What is printed of a call, by what stands before each line."""
    result = run(world, "show", call.sid)
    assert result.exit_code == 0, result.output
    found: dict[str, list[str]] = {}
    for line in result.output.splitlines():
        name, _, value = line.partition(" ")
        found.setdefault(name, []).append(value.strip())
    return found


def reference(world: World) -> str:
    """The reference of the only appointment."""
    (only,) = booked(world)
    return str(only.reference)


def test_a_call_that_goes_on_is_shown_where_it_is(worlds: World) -> None:
    """Its steps, what the caller came for, and each of his misses."""
    call = worlds.rings(number=NUMBER)
    call.press("9")
    press_all(call, "11")
    call.stay_silent()
    call.press("9")
    call.press("2")
    told = shown(worlds, call)
    assert told["call"] == [call.sid]
    assert told["began"] == ["Tue 2026-12-01 10:00:00"]
    assert told["now"] == ["at ChooseOpening"]
    assert told["language"] == ["en"]
    assert told["turns"] == ["7, with silence 1 and a wrong key 1 times"]
    assert told["wants"] == ["travel-document"]
    assert told["path"] == [
        "Welcome",
        "Welcome",
        "ChooseService",
        "ChoosePersons",
        "ChoosePersons (silence before)",
        "ChoosePersons (wrong key before)",
        "ChooseOpening",
    ]
    assert "booked" not in told


def test_a_booking_is_shown_with_its_messages(worlds: World) -> None:
    """Also after the call; what was sent meanwhile is known."""
    call = worlds.rings(number=NUMBER)
    press_all(call, PASSPORT + "1")
    call.hang_up()
    with open_in(worlds) as office:
        office.sends_all()
    told = shown(worlds, call)
    assert told["now"] == ["ended Tue 2026-12-01 10:00:00: booked"]
    assert told["booked"] == ["travel-document"]
    (visit,) = told["visit"]
    assert visit.startswith("travel-document, 1 person, Tue 2026-12-01 11:")
    assert visit.endswith("now booked")
    assert told["message"] == ["confirmation sent"]


def test_a_move_and_a_cancellation_are_shown(worlds: World) -> None:
    """Each in its own call, and how the appointment stands now in both."""
    first = worlds.rings()
    press_all(first, PASSPORT + "1")
    number = reference(worlds)
    mover = worlds.rings()
    mover.press("5")
    key_in(mover, number)
    press_all(mover, "221")
    mover.hang_up()
    canceller = worlds.rings()
    canceller.press("5")
    key_in(canceller, number)
    press_all(canceller, "31")
    canceller.hang_up()
    assert shown(worlds, mover)["moved"] == ["travel-document"]
    assert shown(worlds, canceller)["cancelled"] == ["travel-document"]
    for call in (first, mover, canceller):
        assert [visit[-13:] for visit in shown(worlds, call)["visit"]] == ["now cancelled"]
        printed = (
            run(worlds, "show", call.sid).output + run(worlds, "show", call.sid, "--json").output
        )
        assert [n for n in range(9) if number[n : n + 4] in printed.replace(call.sid, "")] == []


@pytest.mark.parametrize(
    ("agents", "said"),
    [(("completed",), "talked"), (("no-answer",), "rung for, and nobody is known to have talked")],
)
def test_an_employee_is_shown(world: World, agents: tuple[str, ...], said: str) -> None:
    """Whether one was rung for, and whether one was reached."""
    call = world.rings(agents=agents)
    call.press("0")
    assert shown(world, call)["employee"] == [said]


def test_a_call_that_an_agent_hands_over_is_shown_as_one(worlds: World) -> None:
    """It came with a code, which is not shown."""
    code = made(worlds)
    call = worlds.caller(number="+31715458501")
    call.ring("/voice/handover")
    key_in(call, code)
    told = shown(worlds, call)
    assert told["came"] == ["handed over by an agent"]
    assert code[:4] not in run(worlds, "show", call.sid).output


def test_a_call_that_there_never_was_is_told_as_such(world: World) -> None:
    """With a sentence and a status."""
    result = run(world, "show", "CA" + "0" * 32)
    assert result.exit_code == 1
    assert "has the id" in result.output


def test_the_calls_that_go_on_are_listed(worlds: World) -> None:
    """The longest silent first; who has hung up is not there."""
    assert run(worlds, "list").output == "nobody is on the line\n"
    first = worlds.rings(number=NUMBER)
    press_all(first, "111")
    worlds.clock.passes(seconds=5)
    second = worlds.rings(number=NUMBER)
    worlds.rings().hang_up()
    lines = run(worlds, "list").output.splitlines()
    assert [line.split()[0] for line in lines] == [first.sid, second.sid]
    assert "ChooseOpening  travel-document, 1 person" in lines[0]
    listed = json.loads(run(worlds, "list", "--json").output)
    assert [entry["step"] for entry in listed] == ["ChooseOpening", "Welcome"]


def test_a_call_of_before_the_story_is_still_shown(world: World) -> None:
    """A version that kept none has left rows behind, and calls that were going on."""
    call = world.rings()
    call.press("1")
    with world.database.write() as connection:
        connection.exec_driver_sql("UPDATE calls SET story = ''")
    assert shown(world, call)["now"] == ["at unknown"]
    call.press("1")
    assert shown(world, call)["path"] == ["ChoosePersons"]


def test_a_caller_who_walks_in_circles_has_a_story_of_bounded_length(world: World) -> None:
    """The beginning is forgotten, and support is told so."""
    call = world.rings()
    for _ in range(240):
        press_all(call, "1*")
    told = shown(world, call)
    assert told["path"][0].startswith("…")
    assert told["turns"][0].startswith("481,")
    with world.database.read() as connection:
        (story,) = connection.exec_driver_sql("SELECT story FROM calls").scalars()
    assert len(story) <= 4002
    assert "…" not in story[1:]


@pytest.mark.parametrize("plays", [own_mobile, home, rung_back])
def test_nothing_personal_is_shown_of_any_call(
    world: World, plays: Callable[[PhoneCall], None]
) -> None:
    """No number, no postcode and no run of digits but the call's id and dates."""
    call = world.rings(number="anonymous")
    plays(call)
    for printed in (
        run(world, "show", call.sid).output,
        run(world, "show", call.sid, "--json").output,
        run(world, "list").output,
    ):
        bare = printed.replace(call.sid, "")
        bare = re.sub(r"\d{4}-\d\d-\d\d", "", bare)
        assert re.findall(r"\d{4,}", bare) == []


@pytest.mark.parametrize("plays", [own_mobile, home, rung_back])
def test_a_story_has_no_digit(worlds: World, plays: Callable[[PhoneCall], None]) -> None:
    """What was keyed in is no part of it, nor a reference, nor for how many persons."""
    plays(worlds.rings(number="anonymous"))
    changes = worlds.rings(number=NUMBER)
    press_all(changes, PASSPORT + "1")
    with worlds.database.read() as connection:
        stories = connection.exec_driver_sql("SELECT story FROM calls").scalars().all()
    assert len(stories) == 2
    assert all(stories)
    assert [story for story in stories if re.search(r"\d", str(story))] == []


def test_what_is_heard_again_was_done_once(world: World) -> None:
    """The hash says it again, and a second booking of the same call is another one."""
    call = world.rings(number=NUMBER)
    press_all(call, PASSPORT + "1")
    call.press("#")
    assert shown(world, call)["booked"] == ["travel-document"]
    press_all(call, "1" + PASSPORT + "1")
    told = shown(world, call)
    assert told["booked"] == ["travel-document"] * 2
    assert len(told["visit"]) == 2

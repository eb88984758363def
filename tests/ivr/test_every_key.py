"""Every key of every step in every language, and conversations that nobody thought of."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ivr.calls import find
from ivr.carrier import PhoneCall
from ivr.step import Step, decode, encode
from tests.calling import press_all
from tests.conftest import World
from tests.ivr.looking import adds_up, held

KEYS = "0123456789*#"
WORDS_A_MINUTE = 150
LONGEST_TURN = timedelta(seconds=25)
SOONEST_OPTION = timedelta(seconds=6)


def speech(words: str) -> timedelta:
    """How long it takes to say."""
    return timedelta(minutes=len(words.split()) / WORDS_A_MINUTE)


def step_of(world: World, call: PhoneCall) -> Step:
    """The step at which a call is."""
    with world.database.read() as connection:
        found = find(connection, call.sid)
    assert found
    assert decode(encode(found.path)) == found.path
    return found.path[-1]


@pytest.mark.parametrize("language", ["", "9"])
def test_every_key_of_every_step_leads_somewhere(world: World, language: str) -> None:
    """Each document is one that Twilio carries out, and every step there is gets reached."""
    seen: dict[type[Step], str] = {}
    queue = [language]
    for way in iter(lambda: queue.pop(0) if queue else None, None):
        call = world.rings(agents=("busy",))
        press_all(call, way)
        step = step_of(world, call)
        if type(step) in seen:
            call.hang_up()
            continue
        seen[type(step)] = " ".join(call.heard)
        call.hang_up()
        for key in KEYS:
            other = world.rings(agents=("busy",))
            press_all(other, way)
            if other.over:
                break
            other.press(key)
            if not other.over:
                queue.append(way + key)
            other.hang_up()
    named = {kind.__name__ for kind in seen}
    assert named >= {
        "Welcome",
        "ChooseService",
        "ChoosePersons",
        "ChooseOpening",
        "ChooseDay",
        "ConfirmBooking",
        "Booked",
        "AgentsBusy",
    }
    for kind, said in seen.items():
        if kind.__name__ != "Booked":
            assert speech(said) <= LONGEST_TURN, (kind, said)
    assert held(world) == []
    assert adds_up(world)


def test_the_first_option_comes_within_six_seconds(world: World) -> None:
    """Dead air and long greetings make people hang up."""
    said = " ".join(world.rings().heard)
    assert speech(said.partition("toets één")[0]) <= SOONEST_OPTION


ACTIONS = st.one_of(
    st.sampled_from(list(KEYS)),
    st.sampled_from(
        ["silence", "retry", "hang up", "wait", "fallback", "old turn", "other caller"]
    ),
)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(actions=st.lists(ACTIONS, max_size=25))
def test_any_conversation_stays_sound(world: World, actions: list[str]) -> None:
    """No dead end, no document that Twilio refuses, no time lost, and no hold outlives its call."""
    call = world.rings(agents=("no-answer",) * 50)
    other = world.rings()
    for action in actions:
        if not call.over:
            do(world, call, other, action)
    for each in (call, other):
        each.hang_up()
    assert held(world) == []
    assert adds_up(world)


def do(world: World, call: PhoneCall, other: PhoneCall, action: str) -> None:
    """One thing that can happen to a call."""
    happenings: dict[str, Callable[[], object]] = {
        "silence": call.stay_silent,
        "hang up": call.hang_up,
        "wait": lambda: world.clock.passes(seconds=100),
        "fallback": lambda: call.ring("/voice/fallback"),
        "other caller": lambda: None if other.over else other.press("1"),
    }
    if action == "retry":
        assert call.retry().body == call.last_reply.body
    elif action == "old turn":
        assert call.post("/voice/turns/0", call._form() | {"Digits": "1"}).status == 200
    else:
        happenings.get(action, lambda: call.press(action))()
    assert call.over or call.heard

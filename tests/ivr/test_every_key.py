"""Every key of every step in every language, and conversations that nobody thought of."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ivr.calls import find
from ivr.carrier import PhoneCall
from ivr.step import Step, decode, encode
from tests.calling import key_in, press_all
from tests.conftest import World
from tests.ivr.looking import adds_up, booked, held

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


EXAMPLES = {
    "KeyDate": "0712",
    "KeyPostcode": "2351",
    "KeyHouseNumber": "12",
    "KeyHomeNumber": "0715458500",
    "KeyMobile": "0687654321",
    "KeyCallBack": "0715458500",
}
"""What somebody keys in where several digits are asked for, besides his reference."""

NUMBERS = ("+31612345678", "anonymous")

ELSEWHERE = {"Closed", "AgentsClosed", "NothingFree", "Over", "EnoughTexts"}
ELSEWHERE |= {"KeyHandoverCode", "Announced", "Waiting"}
"""Steps that come at another hour, on a full book, or for other appointments: tested there."""

NEVER_AT_REST = {"CallAgent", "Goodbye", "RingLater", "CallBackNoted"}
"""Steps that ring somebody or end the call."""


@pytest.mark.parametrize("language", ["", "9"])
def test_every_key_of_every_step_leads_somewhere(world: World, language: str) -> None:
    """Each document is one that Twilio carries out, and every step there is gets reached."""
    seen: dict[str, str] = {}
    for number in NUMBERS:
        walk(world, number, language, seen)
    there = {name for name, kind in Step.kinds.items() if kind.__module__.startswith("ivr.")}
    assert set(seen) == there - ELSEWHERE - NEVER_AT_REST
    for kind, said in seen.items():
        if kind != "Booked":
            assert speech(said) <= LONGEST_TURN, (kind, said)
    assert held(world) == []
    assert adds_up(world)


def walk(world: World, number: str, language: str, seen: dict[str, str]) -> None:
    """Plays every answer at every step, each in a call of its own; what each step says first."""
    mine: set[str] = set()
    queue: list[tuple[str, ...]] = [(language,) if language else ()]
    while queue:
        way = queue.pop(0)
        call = replay(world, number, way)
        name = "" if call.over else type(step_of(world, call)).__name__
        call.hang_up()
        if not name or name in mine:
            continue
        mine.add(name)
        seen.setdefault(name, " ".join(call.heard))
        for answer in [*KEYS, EXAMPLES.get(name) or ("reference" if "Key" in name else "silence")]:
            other = replay(world, number, (*way, answer))
            if not other.over:
                queue.append((*way, answer))
            other.hang_up()


def replay(world: World, number: str, way: tuple[str, ...]) -> PhoneCall:
    """A call that goes a way, from a number; a reference is that of an appointment of its own."""
    reference = booked_before(world) if "reference" in way else ""
    call = world.rings(number=number, agents=("busy",) * 9)
    for answer in way:
        if answer == "silence":
            call.stay_silent()
        else:
            key_in(call, reference if answer == "reference" else answer)
    return call


def booked_before(world: World) -> str:
    """The reference of an appointment that somebody made before."""
    before = {entry.reference for entry in booked(world)}
    press_all(world.rings(number="+31687654321"), "1211")
    (entry,) = (each for each in booked(world) if each.reference not in before)
    return entry.reference or ""


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

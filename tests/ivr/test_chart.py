"""The chart shows the dialogue as it is: every step, and no arrow that a call cannot take."""

import pytest

from ivr.carrier import PhoneCall
from ivr.rehearsal.rows import target_of
from ivr.rehearsal.walk import EVERYWHERE, Passage, Reply
from ivr.step import Step
from tests.calling import key_in
from tests.conftest import World
from tests.ivr.rehearsed import Edge, drawn_edges, drawn_steps, the_passages
from tests.ivr.test_every_key import step_of

FIRST = {"Welcome", "Closed", "KeyHandoverCode"}
SHARED = {True: "CallAgent", False: "AgentsClosed"}
OUTCOMES = {"spoken": "completed", "no_answer": "no-answer"}


def edge(passage: Passage) -> Edge:
    """A passage as it would be drawn."""
    return Edge(type(passage.source).__name__, passage.reply.key, target_of(passage))


def test_every_step_has_a_box() -> None:
    """A step that is added stands on the chart, or this names it."""
    steps = {name for name, kind in Step.kinds.items() if kind.__module__.startswith("ivr.")}
    assert drawn_steps() == steps


def test_every_step_has_a_way_in() -> None:
    """No box stands by itself: an arrow leads there, or the keys of every question do."""
    reached = {each.target for each in drawn_edges() if each.target != each.source}
    assert drawn_steps() - reached - FIRST <= set(SHARED.values())


@pytest.mark.parametrize(
    ("source", "reply", "target"),
    [
        ("Welcome", "1", "ChooseService"),
        ("ChoosePersons", "1", "NothingFree"),
        ("ConfirmBooking", "2", ""),
        ("AgentsBusy", "2", ""),
        ("NothingFree", "2", "Welcome"),
        ("Over", "1", "Welcome"),
        ("Booked", "silence", "Goodbye"),
        ("KeyReference", "a_cancelled_reference", "Over"),
        ("Existing", "4", "EnoughTexts"),
        ("Closed", "0", "KeyCallBack"),
        ("CallAgent", "no_answer", "AgentsBusy"),
    ],
)
def test_known_ways_are_drawn(source: str, reply: str, target: str) -> None:
    """A step back is told from a new beginning, and what is rare from what is usual."""
    assert Edge(source, reply, target) in drawn_edges()
    assert not target or Edge(source, reply, "") not in drawn_edges()


def test_every_arrow_was_walked() -> None:
    """Nothing is drawn that no call did."""
    assert drawn_edges() <= {edge(passage) for passage in the_passages()}


def test_everything_that_was_walked_is_told() -> None:
    """Each reply is in a row of its box; what holds for all boxes is told once, in the legend."""
    untold = {
        (edge(passage), passage.situation.name)
        for passage in the_passages()
        if edge(passage) not in drawn_edges() and not is_in_the_legend(passage)
    }
    assert untold == set()


def is_in_the_legend(passage: Passage) -> bool:
    """Zero, star, hash and misses, and who reaches an employee reaches none after hours."""
    told = edge(passage)
    if told.reply == "*":
        return told.target in {"", told.source}
    if told.reply == "#":
        return told.target == told.source
    if told.reply in EVERYWHERE:
        return told.target == SHARED[passage.situation.is_open]
    in_hours = Edge(told.source, told.reply, SHARED[True])
    return told.target == SHARED[False] and in_hours in drawn_edges()


def test_real_calls_go_where_the_chart_says(world: World) -> None:
    """Every arrow of usual hours, pressed in a call through the webhooks."""
    ways = {
        edge(passage): passage
        for passage in reversed(the_passages())
        if passage.situation.name == "usual" and not needs_a_reference(passage)
    }
    assert len(ways.keys() & drawn_edges()) > 60
    for told, passage in ways.items():
        outcomes = [OUTCOMES[each.key] for each in passage.way if each.key in OUTCOMES]
        call = world.rings(agents=(*outcomes, "no-answer"))
        for reply in passage.way:
            do(call, reply)
        arrived = type(passage.target).__name__
        if arrived == "CallAgent":
            assert len(call.dialled) == len(outcomes) + 1, told
        else:
            assert type(step_of(world, call)).__name__ == arrived, told
        call.hang_up()


def needs_a_reference(passage: Passage) -> bool:
    """Whether somebody keys in an appointment that is in the book of the rehearsal only."""
    return any(reply.key.endswith("reference") for reply in passage.way)


def do(call: PhoneCall, reply: Reply) -> None:
    """What a caller does; a transfer has gone by, and nothing comes after the end."""
    for answer in reply.answers:
        if call.over or answer.transfer:
            return
        if answer.key is None:
            call.stay_silent()
        else:
            key_in(call, answer.key)

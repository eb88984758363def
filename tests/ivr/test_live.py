"""What employees see of the calls that are going on."""

from datetime import timedelta

from ivr.live import LONGEST, STEPS, live_calls
from ivr.step import Step
from tests.conftest import World


def test_every_step_has_a_name_for_employees() -> None:
    """And no name is left over."""
    shipped = {name for name, kind in Step.kinds.items() if kind.__module__.startswith("ivr.")}
    assert set(STEPS) == shipped


def test_calls_are_there_from_ringing_to_hanging_up(worlds: World) -> None:
    """Those that wait longest come first; a call whose end was never told goes by itself."""
    first = worlds.rings()
    worlds.clock.passes(seconds=10)
    worlds.rings().press("9")
    found = live_calls(worlds.database, worlds.clock())
    assert [(each.step, each.language) for each in found] == [
        ("hoort het eerste menu", "nl"),
        ("hoort het eerste menu", "en"),
    ]
    first.hang_up()
    assert len(live_calls(worlds.database, worlds.clock())) == 1
    assert live_calls(worlds.database, worlds.clock() + LONGEST + timedelta(seconds=1)) == []

"""What employees see of the calls that are going on."""

from datetime import timedelta

from ivr.carrier import TALKING
from ivr.live import LONGEST, STEPS, LiveCall, live_calls
from ivr.speaker import Speaker
from ivr.step import Step
from tests.calling import press_all
from tests.conftest import World


def seen(world: World) -> list[LiveCall]:
    """The calls that employees see."""
    return live_calls(world.database, Speaker(world.calendar), world.clock())


def test_every_step_has_a_name_for_employees() -> None:
    """And no name is left over."""
    shipped = {name for name, kind in Step.kinds.items() if kind.__module__.startswith("ivr.")}
    assert set(STEPS) == shipped


def test_calls_are_there_from_ringing_to_hanging_up(worlds: World) -> None:
    """Those that wait longest come first; a call whose end was never told goes by itself."""
    first = worlds.rings()
    worlds.clock.passes(seconds=10)
    worlds.rings().press("9")
    found = seen(worlds)
    assert [(each.step, each.language) for each in found] == [
        ("hoort het eerste menu", "nl"),
        ("hoort het eerste menu", "en"),
    ]
    first.hang_up()
    assert len(seen(worlds)) == 1
    assert (
        live_calls(
            worlds.database,
            Speaker(worlds.calendar),
            worlds.clock() + LONGEST + timedelta(seconds=1),
        )
        == []
    )


def test_employees_see_what_a_caller_came_for(world: World) -> None:
    """The same as whoever is rung for him hears."""
    press_all(world.rings(), "1124")
    (call,) = seen(world)
    assert call.told == (
        "Beller voor een paspoort of identiteitskaart, twee personen."
        " Hoorde zes tijden, en twijfelt."
    )
    assert not call.talks


def test_who_talks_with_an_employee_stays_on_the_list(world: World) -> None:
    """However long it takes; until one of them hangs up."""
    call = world.rings(agents=(TALKING,))
    press_all(call, "1110")
    world.clock.passes(minutes=40)
    (found,) = seen(world)
    assert (found.step, found.talks) == ("spreekt met een medewerker", True)
    call.agent_hangs_up()
    assert seen(world) == []

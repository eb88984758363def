"""What changes on a page while nobody touches it, and what others have taken meanwhile."""

from threading import Event

from flask import request, request_finished
from playwright.sync_api import expect

from tests.conftest import World
from tests.web.browser.conftest import NewScreen
from tests.web.browser.screen import Screen
from tests.web.employee import at_work, entries, hire


def test_a_caller_is_followed_without_loading_the_page_again(world: World, screen: Screen) -> None:
    """His step changes within seconds, and he is gone when he has hung up."""
    hire(world)
    screen.page.clock.install()
    screen.signs_in()
    screen.page.evaluate("window.stays = true")
    calls = screen.page.locator("#live section").first
    expect(calls).to_contain_text("Er is nu niemand in het menu.")
    caller = world.rings()
    for key, step in (("1", "kiest een dienst"), ("1", "kiest het aantal personen")):
        caller.press(key)
        screen.waits(3)
        expect(calls).to_contain_text(step)
    expect(calls).not_to_contain_text("kiest een dienst")
    caller.hang_up()
    screen.waits(3)
    expect(calls).to_contain_text("Er is nu niemand in het menu.")
    assert screen.page.evaluate("window.stays")


def test_what_somebody_else_took_is_told_and_others_are_offered(
    world: World, new_screen: NewScreen
) -> None:
    """Two minutes asleep, and a colleague books the first time: the page says so."""
    hire(world)
    screen = new_screen()
    screen.signs_in()
    screen.asks_for("Vergunning")
    taken = screen.times[0]
    world.clock.passes(minutes=2)
    colleague = at_work(world, "Henk")
    colleague.books(colleague.asks_for("permit")[0])
    screen.goes_on_by("Alt+1")
    assert "Die tijd is net bezet. Hieronder staan andere tijden." in screen.text
    assert len(screen.times) == 3
    assert taken[2:] not in [each[2:] for each in screen.times]
    screen.goes_on_by("Alt+1")
    assert "staat vast" in screen.text
    assert len(entries(world)) == 2


def test_the_page_says_when_its_times_are_held_no_more(world: World, screen: Screen) -> None:
    """After a quarter of an hour in which nothing was chosen, without anybody looking."""
    hire(world)
    screen.page.clock.install()
    screen.signs_in()
    screen.asks_for()
    notice = screen.page.get_by_text("Deze tijden worden niet meer voor u vastgehouden.")
    screen.waits(30)
    expect(notice).to_be_hidden()
    world.clock.passes(minutes=16)
    screen.waits(30)
    expect(notice).to_be_visible()


def test_times_are_free_when_the_window_is_closed(world: World, screen: Screen) -> None:
    """Nobody has to think of it."""
    hire(world)
    screen.signs_in()
    screen.asks_for()
    assert len(entries(world, "held")) == 3
    freed = Event()

    def look(_app: object, **_: object) -> None:
        if request.path.endswith("/leave"):
            freed.set()

    with request_finished.connected_to(look, world.pages):
        screen.page.close()
        assert freed.wait(10)
    assert entries(world, "held") == []

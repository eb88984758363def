"""A browser for the run, and a screen on a line of its own for each test."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser

from tests.conftest import World
from tests.web.browser import chromium
from tests.web.browser.screen import WIDE, Screen, serving

NewScreen = Callable[..., Screen]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The browser, fetched if need be; without one the tests fail, and say why."""
    with chromium.running() as found:
        yield found


@pytest.fixture
def new_screen(browser: Browser, world: World) -> Iterator[NewScreen]:
    """Opens screens on one line. At the end no page may have written an error to the console."""
    opened: list[Screen] = []
    with ExitStack() as stack:
        address = stack.enter_context(serving(world.app))

        def new(width: int = WIDE) -> Screen:
            opened.append(Screen(browser, address, width))
            stack.callback(opened[-1].context.close)
            return opened[-1]

        yield new
    assert [error for screen in opened for error in screen.errors] == []


@pytest.fixture
def screen(new_screen: NewScreen) -> Screen:
    """A wide screen."""
    return new_screen()

"""Every page fits wide and narrow screens, and shuts nobody out."""

import pytest

from tests.conftest import World
from tests.web.browser.chromium import axe
from tests.web.browser.conftest import NewScreen
from tests.web.browser.layout import faults
from tests.web.browser.screen import NARROW, WIDE, Screen
from tests.web.browser.views import VIEWS, Office

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.mark.parametrize("view", VIEWS)
def test_a_page_fits_and_shuts_nobody_out(view: str, world: World, new_screen: NewScreen) -> None:
    """Nothing is cut, covered or beside the screen; axe-core finds nothing; no error is written."""
    screen = new_screen()
    VIEWS[view](Office.at_work(world, screen))
    for width in (WIDE, NARROW):
        screen.resizes(width)
        assert faults(screen) == [], width
        assert violations(screen) == [], width


def violations(screen: Screen) -> list[str]:
    """What axe-core finds, in its words."""
    screen.page.evaluate(axe())
    found: list[str] = screen.page.evaluate(
        """async (rules) => (await axe.run({ runOnly: rules })).violations.flatMap(
          (each) => each.nodes.map((node) => `${each.help}: ${node.html}`))""",
        RULES,
    )
    return found

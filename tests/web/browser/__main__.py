"""Takes a picture of every page of employees, wide and narrow.

`python -m tests.web.browser FOLDER`
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser

from scheduling.calendar import Calendar
from scheduling.database import Database
from scheduling.municipality_file import LEIDERDORP, read
from scheduling.roster import publish
from tests.conftest import PUBLISHED_DAYS, TUESDAY, Clock, make_world
from tests.web.browser import chromium
from tests.web.browser.screen import NARROW, WIDE, Screen, serving
from tests.web.browser.views import VIEWS, Office


def main(folder: Path) -> None:
    """A picture of each page and width."""
    folder.mkdir(parents=True, exist_ok=True)
    with chromium.running() as browser:
        for name in VIEWS:
            for width in (WIDE, NARROW):
                _take(browser, name, width, folder / f"{name}-{width}.png")


def _take(browser: Browser, name: str, width: int, picture: Path) -> None:
    file = read(LEIDERDORP)
    with TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/line.sqlite3")
        database.upgrade()
        database.transact(
            lambda connection: publish(
                connection, Calendar(file.municipality), TUESDAY, PUBLISHED_DAYS
            )
        )
        world = make_world(database, file, Clock())
        with serving(world.app) as address:
            screen = Screen(browser, address, width)
            VIEWS[name](Office.at_work(world, screen))
            screen.page.screenshot(path=picture, full_page=True)
            screen.context.close()
        database.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))

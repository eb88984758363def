"""An employee at the agent's page of a line under load: pages and passwords take memory too."""

from datetime import UTC, datetime
from functools import partial

from scheduling.database import Database
from tests.benchmarks.load.line import Line
from tests.storm.browser import PAGE, STARTS, Browser
from web import accounts

_NAME, _PASSWORD = "Fatima", "een goed wachtwoord"
_TIMES = 20


class Desk:
    """Signs in again and again, and books for people with a mobile."""

    def __init__(self, line: Line) -> None:
        database = Database(line.url)
        hire = partial(accounts.add, name=_NAME, role="agent", password=_PASSWORD)
        database.transact(partial(hire, now=datetime.now(UTC)))
        database.close()
        self._port = line.port
        self._booked = 0

    def works(self) -> None:
        """Some visitors, one after another; raises RuntimeError where one is not booked."""
        for _ in range(_TIMES):
            browser = Browser(self._port)
            browser.opens("/staff/sign-in")
            browser.sends("/staff/sign-in", name=_NAME, password=_PASSWORD)
            wish = {"service": "permit", "persons": 1, "language": "nl"}
            browser.sends("/agent/times", **wish, page="")
            page, start = browser.reads(PAGE), browser.reads(STARTS)
            self._booked += 1
            mobile = f"06{self._booked:08}"
            browser.sends(f"/agent/pages/{page}/book", start=start, mobile=mobile)
            if not browser.place.startswith("/agent/appointments/"):
                raise RuntimeError(f"nothing was booked: {browser.place}")

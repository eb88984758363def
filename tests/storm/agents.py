"""Agents at their page: they take calls, book, hand callers over, and send them back into the flow.

They use what a browser uses: the pages of the line, its cookies, and the forms on those pages.
"""

import http.client
import random
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

from scheduling.calendar import Calendar
from tests.storm.hearing import Told
from tests.storm.town import Town

PASSWORD = "een goed wachtwoord"  # noqa: S105  opens nothing but a storm
NAMES = ("Fatima", "Joost", "Sanne", "Ahmed")

_SERVICES = ("extract", "permit", "tax-remission", "travel-document")
_PATIENCE = 10
_MOST_REDIRECTS = 5
_BETWEEN_CLICKS = (0.05, 0.4)
_TOKEN = re.compile(r'name="csrf-token" content="([^"]+)"')
_TALKS = re.compile(r'action="/agent/calls/(CA[0-9a-f]{32})/back"')
_TASKS = re.compile(r'action="/agent/tasks/(\d+)/done"')
_STARTS = re.compile(r'name="start" value="(\d+)"')
_PAGE = re.compile(r'data-stay="/agent/pages/([^/"]+)/stay"')
_REFERENCE = re.compile(r">Afspraak ((?:\d{3} ?){4})")
_HANDOVER = re.compile(r"X-Handover: ([0-9a-f-]+)")


class Away(Exception):  # noqa: N818  named for what happened
    """There is no page now: the worker was killed, or the database is away."""


@dataclass
class Browser:
    """One browser, with its cookies; `page` is what it shows, at `place`."""

    port: int
    page: str = ""
    place: str = ""
    _cookies: SimpleCookie = field(default_factory=SimpleCookie)

    def opens(self, path: str) -> None:
        """Opens a page; raises Away."""
        self._goes("GET", path, "")

    def sends(self, path: str, **form: object) -> None:
        """Sends a form of the page that is shown; raises Away."""
        told = {"csrf_token": self.reads(_TOKEN)} | {key: str(value) for key, value in form.items()}
        self._goes("POST", path, urlencode(told))

    def reads(self, pattern: re.Pattern[str]) -> str:
        """What stands on the page, empty where it does not."""
        found = pattern.search(self.page)
        return found[1] if found else ""

    def _goes(self, method: str, path: str, body: str) -> None:
        for _ in range(_MOST_REDIRECTS):
            self.place = path
            status, leads = self._asks(method, path, body)
            if not leads:
                break
            method, path, body = "GET", leads, ""
        if status >= http.HTTPStatus.INTERNAL_SERVER_ERROR:
            raise Away(f"{status} {self.place}")

    def _asks(self, method: str, path: str, body: str) -> tuple[int, str]:
        """The status, and where it leads."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=_PATIENCE)
        cookies = "; ".join(f"{each.key}={each.coded_value}" for each in self._cookies.values())
        headers = {"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded"}
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            self.page = answer.read().decode()
        except (OSError, http.client.HTTPException) as error:
            raise Away(str(error)) from error
        finally:
            connection.close()
        for each in answer.headers.get_all("Set-Cookie", []):
            self._cookies.load(each)
        leads = urlsplit(answer.headers.get("Location", ""))
        return answer.status, leads._replace(scheme="", netloc="").geturl()


@dataclass
class Agent:
    """One agent, whom his chance makes do what he does."""

    name: str
    town: Town
    calendar: Calendar
    chance: random.Random
    browser: Browser = field(init=False)

    def __post_init__(self) -> None:
        self.browser = Browser(self.town.exchange.port)

    def works(self, is_over: Callable[[], bool]) -> None:
        """One thing after another, until it is over."""
        while not is_over():
            try:
                self.does_something()
            except Away:
                self.town.exchange.count("pages that agents did not get")
            time.sleep(self.chance.uniform(*_BETWEEN_CLICKS))

    def does_something(self) -> None:
        """Sends a caller back who talks with somebody, or books, or makes a handover."""
        self.browser.opens("/agent")
        if self.browser.place.startswith("/staff"):
            self.signs_in()
        talks = _TALKS.findall(self.browser.page)
        if talks and self.chance.random() < 0.5:
            self.browser.sends(f"/agent/calls/{self.chance.choice(talks)}/back", page="")
        elif (tasks := _TASKS.findall(self.browser.page)) and self.chance.random() < 0.3:
            self.browser.sends(f"/agent/tasks/{tasks[0]}/done", page="")
            self.town.exchange.count("tasks that agents struck off")
        elif self.chance.random() < 0.03:
            self.browser.sends("/agent/taking-calls", taking=self.chance.choice(("yes", "no")))
        else:
            self.finds_times()

    def signs_in(self) -> None:
        """Begins his day."""
        self.browser.sends("/staff/sign-in", name=self.name, password=PASSWORD)
        self.browser.sends("/agent/taking-calls", taking="yes")
        self.town.exchange.count("times that agents signed in")

    def finds_times(self) -> None:
        """Looks for times, and does one of two things with them."""
        service = self.chance.choice(_SERVICES)
        language = self.chance.choice(("nl", "en"))
        self.browser.sends("/agent/times", service=service, persons=1, language=language, page="")
        page, starts = self.browser.reads(_PAGE), _STARTS.findall(self.browser.page)
        if not page or not starts:
            return
        if self.chance.random() < 0.6:
            self.hands_over(page)
        else:
            self.books(page, service, int(self.chance.choice(starts)))

    def hands_over(self, page: str) -> None:
        """Makes a handover for what was asked for; the exchange takes the token to the line."""
        self.browser.sends(f"/agent/pages/{page}/handover", mobile="")
        if token := self.browser.reads(_HANDOVER):
            self.town.handed.append(token)

    def books(self, page: str, service: str, start: int) -> None:
        """Books for somebody; now and then he clicks twice."""
        form = {
            "start": start,
            "mobile": self.chance.choice(("", f"06{self.chance.randrange(10**8):08}")),
        }
        path = f"/agent/pages/{page}/book"
        self.browser.sends(path, **form)
        reference = self._booked()
        if self.chance.random() < 0.2:
            self.browser.sends(path, **form)
            if reference and self._booked() not in {reference, ""}:
                self.town.exchange.fault(f"{self.name}: {reference} was booked twice by two clicks")
        if reference:
            at = datetime.fromtimestamp(start, UTC).astimezone(self.calendar.zone)
            self.town.exchange.count("appointments that agents booked")
            self.town.notes(reference, self.name, Told.of(service, at))
            self.town.gets_back(reference)

    def _booked(self) -> str:
        """The reference of the appointment that is shown, where it was booked just now."""
        is_shown = self.browser.place.startswith("/agent/appointments/")
        return self.browser.reads(_REFERENCE).replace(" ", "") if is_shown else ""

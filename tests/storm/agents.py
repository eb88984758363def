"""Agents at their page: they take calls, book, hand callers over, and send them back into the flow.

They also move and call off what somebody has. They use what a browser uses: the pages of the line
and the forms on them.
"""

import random
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from scheduling.calendar import Calendar
from tests.storm.browser import PAGE, STARTS, Away, Browser
from tests.storm.hearing import Told
from tests.storm.town import MOST_CHANGES, Heard, Town
from web.words import STATUSES

PASSWORD = "een goed wachtwoord"  # noqa: S105  opens nothing but a storm
NAMES = ("Fatima", "Joost", "Sanne", "Ahmed")

_SERVICES = ("extract", "permit", "tax-remission", "travel-document")
_BETWEEN_CLICKS = (0.05, 0.4)
_TALKS = re.compile(r'action="/agent/calls/(CA[0-9a-f]{32})/back"')
_TASKS = re.compile(r'action="/agent/tasks/(\d+)/done"')
_SEEN = re.compile(r'name="seen" value="(\d+)"')
_REFERENCE = re.compile(r">Afspraak ((?:\d{3} ?){4})")
_CANCELLED = re.compile(rf">Afspraak [\d ]+({STATUSES['cancelled']})<")
_HANDOVER = re.compile(r"X-Handover: ([0-9a-f-]+)")


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
        """Sends a caller back, strikes a task off, changes an appointment, or looks for times."""
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
        elif self.chance.random() < 0.3 and (lent := self.town.lends(self.name)):
            self.changes(lent)
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
        page, starts = self.browser.reads(PAGE), STARTS.findall(self.browser.page)
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
        mobile = self.chance.choice(("", f"06{self.chance.randrange(10**8):08}"))
        path, form = f"/agent/pages/{page}/book", {"start": start, "mobile": mobile}
        self.browser.sends(path, **form)
        reference = self._booked()
        if self.chance.random() < 0.2:
            self.browser.sends(path, **form)
            if reference and self._booked() not in {reference, ""}:
                self.town.exchange.fault(f"{self.name}: {reference} was booked twice by two clicks")
        if reference:
            self.town.exchange.count("appointments that agents booked")
            self.town.notes(reference, self.name, self._told(service, start), mobile)
            self.town.gets_back(reference)

    def changes(self, lent: Heard) -> None:
        """Finds an appointment; moves it or calls it off, and sees what became of that."""
        try:
            self.browser.sends("/agent/find", reference=lent.reference)
            if not (seen := self.browser.reads(_SEEN)):
                lent.changes = MOST_CHANGES  # it is over
                return
            self._compares(lent, int(seen))
            lent.sure = False
            lent.changes += 1
            if self.chance.random() < 0.4:
                self.calls_off(lent, int(seen))
            else:
                self.moves(lent)
        except Away:
            lent.open = True  # what he clicked may still be on its way
            lent.tells(self.name, "may have something on the way")
            raise
        finally:
            self.town.gets_back(lent.reference)

    def calls_off(self, lent: Heard, seen: int) -> None:
        """The appointment is called off; now and then he clicks twice."""
        lent.tells(self.name, "clicks to call it off")
        for _ in range(self.chance.choice((1, 1, 1, 2))):
            self.browser.sends(f"/agent/appointments/{lent.reference}/cancel", seen=seen)
        if self.browser.reads(_CANCELLED):
            lent.status, lent.sure = "cancelled", not lent.open
            self.town.exchange.count("cancellations by agents")

    def moves(self, lent: Heard) -> None:
        """One of the next times, in place of the one it has; of a visit at home it is not noted."""
        self.browser.sends(f"/agent/appointments/{lent.reference}/times")
        page, starts = self.browser.reads(PAGE), STARTS.findall(self.browser.page)
        if not page or not starts:
            return
        start = self.chance.choice(starts)
        lent.tells(self.name, f"clicks on {start}")
        self.browser.sends(f"/agent/pages/{page}/book", start=start, mobile="")
        is_there = self._booked() == lent.reference and self.browser.reads(_SEEN) == start
        if is_there and lent.told and lent.told.service:
            told = self._told(lent.told.service, int(start))
            self.town.exchange.count("moves by agents")
            self.town.notes(lent.reference, self.name, told)

    def _compares(self, known: Heard, seen: int) -> None:
        """What the page shows must be what was said before."""
        before = known.told
        if before is None or not before.service or not known.sure:
            return
        if (shown := self._told(before.service, seen)) != before:
            self.town.exchange.fault(f"{self.name}: {known.reference} was {before} and is {shown}")

    def _told(self, service: str, start: int) -> Told:
        return Told.of(service, datetime.fromtimestamp(start, UTC).astimezone(self.calendar.zone))

    def _booked(self) -> str:
        """The reference of the appointment that is shown, where it was booked just now."""
        is_shown = self.browser.place.startswith("/agent/appointments/")
        return self.browser.reads(_REFERENCE).replace(" ", "") if is_shown else ""

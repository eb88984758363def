"""The next free times: read out three at a time, and held while the caller listens."""

from datetime import date, datetime, timedelta
from typing import ClassVar

from ivr import another_day, booking, welcome
from ivr.agents import employee
from ivr.desk import Desk
from ivr.errand import Errand, Time, time_of
from ivr.questions import Clock, Day, HolidayOn, Menu, Prompt, ServiceName, Words
from ivr.step import Step
from scheduling.errors import OpeningTaken

_LATER, _OTHER_DAY = "4", "5"
_NEXT = timedelta(seconds=1)
_SOON = timedelta(days=7)
"""A first free time that is later than this is told as "full until"."""


def offer(
    desk: Desk,
    errand: Errand,
    *,
    after: datetime | None = None,
    notice: str = "",
    about: date | None = None,
) -> Step:
    """The next free times, held while the caller listens; or that there are none.

    `after` is the first moment at which he could come; `notice` a prompt that is said first, about
    a day.
    """
    since = max((each for each in (after, errand.after) if each), default=None)
    part = desk.municipality.parts_of_day.get(errand.part)
    seen = errand.moves.time.at if errand.moves else None
    found = desk.offer(errand.wish, after=since, part=part, besides=seen)
    if not found:
        if errand.part:
            return offer(desk, another_day.whole_day(errand), after=after, notice="part_is_full")
        return NothingFree(errand, desk.last_day(errand.wish), desk.today)
    times = tuple(time_of(desk, at) for at in found)
    if not notice and not after and times[0].on >= desk.today + _SOON:
        notice = "full_until"
    return ChooseOpening(errand, times, desk.today, notice, about)


class ChooseOpening(Step, frozen=True):
    """Some free times, which are held for this caller while he chooses."""

    holds: ClassVar[bool] = True

    errand: Errand
    offered: tuple[Time, ...]
    today: date
    notice: str = ""
    about: date | None = None

    def ask(self) -> Menu:
        """Names the times, later times and another day."""
        options: dict[str, Prompt] = {}
        said: date | None = None
        for n, time in enumerate(self.offered, 1):
            key = "time_on_same_day" if time.on == said else "time_on_day"
            words: Words = {"day": Day(time.on, self.today), "time": Clock(time.at)}
            options[str(n)] = Prompt(key, words)
            said = time.on
        options[_LATER] = Prompt("later_times")
        options[_OTHER_DAY] = Prompt("another_day")
        return Menu(options, intro=(self._intro(),))

    def _intro(self) -> Prompt:
        first = Day(self.offered[0].on, self.today)
        if self.about and self.notice == "day_is_holiday":
            there: Words = {"day": Day(self.about, self.today), "holiday": HolidayOn(self.about)}
            return Prompt(self.notice, there)
        if self.about:
            return Prompt(self.notice, {"day": Day(self.about, self.today), "first": first})
        if self.notice == "full_until":
            return Prompt(self.notice, {"day": first})
        if self.notice:
            return Prompt(self.notice)
        if self.errand.moves and not self.errand.part:
            return Prompt("moving")
        return Prompt("choose_opening", {"service": ServiceName(self.errand.wish.service)})

    def answered(self, key: str, desk: Desk) -> Step:
        """Leads to the read-back of a time, to later times, or to another day."""
        if key == _LATER:
            return self._later(desk)
        if key == _OTHER_DAY:
            return another_day.AnotherDay(self.errand)
        time = self.offered[int(key) - 1]
        try:
            desk.keep(self.errand.wish, time.at)
        except OpeningTaken:
            return offer(desk, self.errand, notice="opening_taken")
        return booking.read_back(self.errand, time, desk)

    def _later(self, desk: Desk) -> Step:
        after = self.offered[-1].at + _NEXT
        later = offer(desk, self.errand, after=after, notice="more_times")
        if isinstance(later, NothingFree):
            return self._again(desk, "no_later_times")
        return later

    def returned(self, desk: Desk) -> Step:
        """The same page, as far as its times are still free."""
        return self._again(desk, "")

    def _again(self, desk: Desk, notice: str) -> Step:
        return offer(desk, self.errand, after=self.offered[0].at, notice=notice)


class NothingFree(Step, frozen=True):
    """There is no time for this wish as far as can be booked."""

    errand: Errand
    until: date
    today: date

    def ask(self) -> Menu:
        """Says so, and offers an employee and another appointment."""
        words: Words = {
            "service": ServiceName(self.errand.wish.service),
            "day": Day(self.until, self.today),
        }
        return Menu(
            {"1": Prompt("try_employee"), "2": Prompt("other_service")},
            core=(Prompt("nothing_free", words),),
        )

    def answered(self, key: str, desk: Desk) -> Step:
        """Leads to an employee or to the greeting."""
        return employee(desk) if key == "1" else welcome.start_again(desk)

"""From the wish to the booked appointment: the free times, another day, the read-back, the end."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import ClassVar

from ivr.agents import employee
from ivr.desk import Desk
from ivr.questions import (
    Bring,
    Clock,
    Day,
    Group,
    Line,
    Menu,
    Pause,
    Persons,
    Prompt,
    ServiceName,
    Words,
)
from ivr.step import Back, Step
from prompts.speech import GROUP
from scheduling.errors import OpeningTaken
from scheduling.openings import Wish

_LATER, _OTHER_DAY = "4", "5"
_LATER_DAYS = "4"
_DAYS_A_PAGE = 3
_NEXT = timedelta(seconds=1)


@dataclass(frozen=True)
class Time:
    """A free time with the municipality's day on which it is."""

    at: datetime
    on: date


def offer(
    desk: Desk,
    wish: Wish,
    *,
    after: datetime | None = None,
    day: date | None = None,
    notice: str = "",
) -> Step:
    """The next free times, held while the caller listens; or that there are none."""
    found = desk.offer(wish, after=after, day=day)
    if not found:
        return NothingFree(wish, desk.last_day(wish), desk.today)
    times = tuple(Time(at, desk.calendar.day_of(at)) for at in found)
    return ChooseOpening(wish, times, desk.today, notice)


@dataclass(frozen=True)
class ChooseOpening(Step):
    """Some free times, which are held for this caller while he chooses."""

    holds: ClassVar[bool] = True

    wish: Wish
    offered: tuple[Time, ...]
    today: date
    notice: str = ""

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
        service = {"service": ServiceName(self.wish.service)}
        intro = Prompt(self.notice) if self.notice else Prompt("choose_opening", service)
        return Menu(options, intro=(intro,))

    def answered(self, key: str, desk: Desk) -> Step:
        """Leads to the read-back of a time, to later times, or to the days."""
        if key == _LATER:
            return self._later(desk)
        if key == _OTHER_DAY:
            return choose_day(desk, self.wish, self.offered[-1].on)
        time = self.offered[int(key) - 1]
        try:
            desk.keep(self.wish, time.at)
        except OpeningTaken:
            return offer(desk, self.wish, notice="opening_taken")
        return ConfirmBooking(self.wish, time, self.today)

    def _later(self, desk: Desk) -> Step:
        later = offer(desk, self.wish, after=self.offered[-1].at + _NEXT)
        if isinstance(later, NothingFree):
            return self._again(desk, "no_later_times")
        return later

    def returned(self, desk: Desk) -> Step:
        """The same page, as far as its times are still free."""
        return self._again(desk, "")

    def _again(self, desk: Desk, notice: str) -> Step:
        return offer(desk, self.wish, after=self.offered[0].at, notice=notice)


def choose_day(desk: Desk, wish: Wish, after: date) -> Step:
    """The next days with a free time; or the first times again where there is no later day."""
    days = tuple(desk.days(wish, after=after, count=_DAYS_A_PAGE))
    if not days:
        return offer(desk, wish, notice="no_later_days")
    return ChooseDay(wish, days, desk.today)


@dataclass(frozen=True)
class ChooseDay(Step):
    """The next days on which there is a free time."""

    wish: Wish
    days: tuple[date, ...]
    today: date

    def ask(self) -> Menu:
        """Names the days, and later ones."""
        options = {
            str(n): Prompt("day_option", {"day": Day(day, self.today)})
            for n, day in enumerate(self.days, 1)
        }
        options[_LATER_DAYS] = Prompt("later_days")
        return Menu(options, intro=(Prompt("choose_day"),), outro=(Prompt("back"),))

    def answered(self, key: str, desk: Desk) -> Step:
        """Leads to the times of a day, or to later days."""
        if key == _LATER_DAYS:
            return choose_day(desk, self.wish, self.days[-1])
        chosen = offer(desk, self.wish, day=self.days[int(key) - 1])
        if isinstance(chosen, NothingFree):
            return offer(desk, self.wish, notice="opening_taken")
        return chosen


@dataclass(frozen=True)
class NothingFree(Step):
    """There is no time for this wish as far as can be booked."""

    wish: Wish
    until: date
    today: date

    def ask(self) -> Menu:
        """Says so, and offers an employee and another appointment."""
        words: Words = {
            "service": ServiceName(self.wish.service),
            "day": Day(self.until, self.today),
        }
        return Menu(
            {"1": Prompt("try_employee"), "2": Prompt("other_service")},
            core=(Prompt("nothing_free", words),),
        )

    def answered(self, key: str, desk: Desk) -> Step | Back:
        """Leads to an employee or to the greeting."""
        return employee(desk) if key == "1" else Back(to_first=True)


@dataclass(frozen=True)
class ConfirmBooking(Step):
    """Reads one time back; it stays held for this caller."""

    holds: ClassVar[bool] = True

    wish: Wish
    time: Time
    today: date

    def ask(self) -> Menu:
        """Says service, persons, day and time in one sentence."""
        words: Words = {
            "service": ServiceName(self.wish.service),
            "persons": Persons(self.wish.persons),
            "day": Day(self.time.on, self.today),
            "time": Clock(self.time.at),
        }
        return Menu(
            {"1": Prompt("confirm_yes"), "2": Prompt("confirm_no")},
            core=(Prompt("confirm", words),),
        )

    def answered(self, key: str, desk: Desk) -> Step | Back:
        """Books the time, or goes back to the free times."""
        if key == "2":
            return Back()
        try:
            appointment = desk.confirm(self.wish, self.time.at)
        except OpeningTaken:
            return offer(desk, self.wish, notice="opening_taken")
        return Booked(self.wish, self.time, self.today, appointment.reference)

    def returned(self, desk: Desk) -> Step:
        """The same time, as long as it is free."""
        try:
            desk.keep(self.wish, self.time.at)
        except OpeningTaken:
            return offer(desk, self.wish, notice="opening_taken")
        return self


@dataclass(frozen=True)
class Booked(Step):
    """The appointment stands in the book; its reference is said twice."""

    final: ClassVar[bool] = True

    wish: Wish
    time: Time
    today: date
    reference: str

    def ask(self) -> Menu:
        """Says all twice, and how to hear it again."""
        once = self._once()
        core = (Prompt("booked"), *once, Pause(), Prompt("once_more"), *once, Pause())
        return Menu({}, core=core, outro=(Prompt("hear_again"),))

    def _once(self) -> tuple[Line, ...]:
        words: Words = {
            "service": ServiceName(self.wish.service),
            "day": Day(self.time.on, self.today),
            "time": Clock(self.time.at),
        }
        code: list[Line] = []
        for n in range(0, len(self.reference), GROUP):
            group = Group(self.reference[n : n + GROUP])
            code += [Prompt("digits", {"digits": group}), Pause()]
        bring = Bring(self.wish.service)
        return (Prompt("booked_time", words), bring, Prompt("reference"), *code)

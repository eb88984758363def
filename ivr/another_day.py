"""Another day than the first: next week, a date that is keyed in, or a part of the day."""

from contextlib import suppress
from datetime import date, timedelta

from msgspec.structs import replace

from ivr import offering
from ivr.desk import Desk
from ivr.errand import Errand
from ivr.questions import Day, Entry, Menu, Prompt, Weekday
from ivr.step import Step
from scheduling.interval import Interval

_WEEK = timedelta(weeks=1)
_LOOKED_AHEAD = timedelta(days=91)
"""A day without a year is the one nearest to this far ahead: people mean a day to come."""

_LEAP_YEAR = 2024


class AnotherDay(Step, frozen=True):
    """How the caller wants to choose another day."""

    errand: Errand

    def ask(self) -> Menu:
        """Names the coming weeks, a date, and parts of the day."""
        options = {
            "1": Prompt("next_week"),
            "2": Prompt("week_after_next"),
            "3": Prompt("day_of_choice"),
            "4": Prompt("part_of_the_day"),
        }
        return Menu(options, intro=(Prompt("choose_day"),), outro=(Prompt("back"),))

    def answered(self, key: str, desk: Desk) -> Step:
        """Leads to the times of a week, or to a question for a date or a part of the day."""
        if key == "3":
            return KeyDate(self.errand, desk.today)
        if key == "4":
            return choose_part(desk, self.errand)
        monday = desk.today - timedelta(days=desk.today.weekday()) + int(key) * _WEEK
        return offer_from(desk, self.errand, monday, monday + _WEEK)


class KeyDate(Step, frozen=True):
    """A day that the caller keys in: day and month, two digits each."""

    errand: Errand
    today: date
    notice: str = ""
    about: date | None = None

    def ask(self) -> Entry:
        """Asks for four digits."""
        about = {"day": Day(self.about, self.today)} if self.about else {}
        told = (Prompt(self.notice, about),) if self.notice else ()
        intro = (*told, Prompt("key_date"))
        return Entry(4, _is_date, "date_wrong", intro, (Prompt("key_date_how"),))

    def answered(self, key: str, desk: Desk) -> Step:
        """Leads to the times of that day, or says why there are none."""
        day = _meant(key, desk)
        if day is None:
            return KeyDate(self.errand, desk.today, "no_such_day")
        if day < desk.today:
            return KeyDate(self.errand, desk.today, "day_is_past", day)
        last = desk.last_day(self.errand.wish)
        if day > last and not desk.is_urgent(self.errand.wish):
            return KeyDate(self.errand, desk.today, "day_is_too_far", last)
        return offer_from(desk, self.errand, day, day + timedelta(days=1))


def _is_date(keys: str) -> bool:
    """Whether there is such a day in some year."""
    try:
        date(_LEAP_YEAR, int(keys[2:]), int(keys[:2]))
    except ValueError:
        return False
    return len(keys) == 4  # noqa: PLR2004  two digits each


def _meant(keys: str, desk: Desk) -> date | None:
    """The day that is meant, of this year or the one before or after; the 29th may not be there."""
    day, month = int(keys[:2]), int(keys[2:])
    leap_day = (day, month) == (29, 2)
    years = (desk.today.year - 1, desk.today.year, desk.today.year + 1)
    nearest = min(
        (date(year, month, day - leap_day) for year in years),
        key=lambda found: abs(found - desk.today - _LOOKED_AHEAD),
    )
    with suppress(ValueError):
        return nearest.replace(day=day)
    return None


def offer_from(desk: Desk, errand: Errand, first: date, end: date) -> Step:
    """The free times from a day on; says it where there are none before the day `end`."""
    last = desk.last_day(errand.wish)
    if first > last:
        return offering.offer(desk, errand, notice="not_later_than", about=last)
    start = Interval.of_day(first, desk.calendar.zone).start
    found = offering.offer(desk, errand, after=start)
    if isinstance(found, offering.NothingFree):
        return offering.offer(desk, errand, notice="no_later_days")
    if isinstance(found, offering.ChooseOpening) and found.offered[0].on >= end:
        one_day = end - first == timedelta(days=1)
        notice = _why_not(desk, errand, first) if one_day else "week_is_full"
        return replace(found, notice=notice, about=first)
    return found


def _why_not(desk: Desk, errand: Errand, day: date) -> str:
    """Why nobody can come on a day."""
    if desk.calendar.holiday(day):
        return "day_is_holiday"
    return "day_is_full" if desk.is_open(errand.wish, day) else "day_is_closed"


def choose_part(desk: Desk, errand: Errand) -> Step:
    """The parts of the day in which somebody is there for this service."""
    parts = tuple(desk.municipality.parts_with_time(errand.wish.service))
    evenings = desk.weekdays(errand.wish, "evening")
    return ChoosePart(errand, parts, evenings[0] if len(evenings) == 1 else None)


class ChoosePart(Step, frozen=True):
    """The part of the day that suits the caller."""

    errand: Errand
    parts: tuple[str, ...]
    evening: int | None
    """The weekday of the only evening, Monday 0; None where there are several."""

    def ask(self) -> Menu:
        """Names the parts, and the whole day."""
        options = {str(n): self._named(part) for n, part in enumerate(self.parts, 1)}
        options[str(len(self.parts) + 1)] = Prompt("whole_day")
        return Menu(options, intro=(Prompt("choose_part"),), outro=(Prompt("back"),))

    def _named(self, part: str) -> Prompt:
        if part == "evening" and self.evening is not None:
            return Prompt("evening_of", {"weekday": Weekday(self.evening)})
        return {
            "morning": Prompt("morning"),
            "afternoon": Prompt("afternoon"),
            "evening": Prompt("evening"),
        }[part]

    def answered(self, key: str, desk: Desk) -> Step:
        """Leads to the times in that part of the coming days."""
        parts = (*self.parts, "")
        return offering.offer(desk, replace(self.errand, part=parts[int(key) - 1]))


def whole_day(errand: Errand) -> Errand:
    """The same, at any time of the day."""
    return replace(errand, part="")

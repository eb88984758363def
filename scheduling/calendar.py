"""Opening hours, public holidays, closures and rosters, as stretches of time."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from functools import cache, cached_property, lru_cache
from zoneinfo import ZoneInfo

from dateutil.rrule import rrule, rruleset, rrulestr
from msgspec import Struct

from scheduling.interval import Interval, local
from scheduling.municipality import Municipality
from scheduling.municipality_parts import Hours, Term
from scheduling.municipality_values import Words

_DAYS_AHEAD = 60
"""How far to look for the next moment at which the telephone is answered."""

_A_YEAR = timedelta(days=366)


class Shift(Struct, frozen=True, order=True):
    """A stretch in which a counter is staffed."""

    interval: Interval
    pool: str
    counter: str


class Calendar:
    """What a municipality's file means on a given day; days are local to the municipality."""

    def __init__(self, municipality: Municipality) -> None:
        self.municipality = municipality
        self.zone = municipality.zone
        # The line asks about today and the coming weeks at every turn, and rules do not change.
        self.telephone_hours = lru_cache(maxsize=1024)(self._telephone_hours)

    @cached_property
    def kept_back(self) -> list[tuple[str, Term, str]]:
        """The urgent services for which time is kept back: key, term, the pool that keeps it."""
        services = self.municipality.services.items()
        terms = [(key, each.term) for key, each in services if each.term and each.term.kept_back]
        return [(key, term, self.municipality.pools_of(key)[0]) for key, term in terms]

    def day_of(self, moment: datetime) -> date:
        """The municipality's day at a moment."""
        return moment.astimezone(self.zone).date()

    def holiday(self, day: date) -> Words | None:
        """The name of the public holiday on a day, in each language."""
        for holiday in self.municipality.holidays:
            if any(_falls_on(rule, holiday.starting, day) for rule in holiday.rules):
                return holiday.name
        return None

    def closures(self) -> list[Interval]:
        """The closures that the municipality entered."""
        return [
            Interval(
                local(closure.start.date(), closure.start.time(), self.zone),
                local(closure.end.date(), closure.end.time(), self.zone),
            )
            for closure in self.municipality.closures
        ]

    def is_working_day(self, day: date) -> bool:
        """Monday to Friday and no public holiday (Algemene termijnenwet)."""
        return day.weekday() < 5 and self.holiday(day) is None  # noqa: PLR2004  Saturday is 5

    def last_day_of_term(self, term: Term, today: date) -> date:
        """The last day of a term that begins today: long enough to have its working days.

        Where nobody works for a year, it ends then.
        """
        last = today
        working_days = 0
        while last < today + timedelta(days=term.days) or (
            working_days < term.working_days and last < today + _A_YEAR
        ):
            last += timedelta(days=1)
            working_days += self.is_working_day(last)
        return last

    def roster(self, day: date) -> list[Shift]:
        """Which counters are staffed when, on a day; stretches that touch are one."""
        if self.holiday(day):
            return []
        pools = {counter.name: counter.pool for counter in self.municipality.counters}
        shifts = []
        for counter, pool in pools.items():
            rosters = [r for r in self.municipality.rosters if counter in r.counters]
            for stretch in joined(hours_on(rosters, day, self.zone)):
                parts = [self._on_grid(part) for part in stretch.without(self.closures())]
                shifts += [Shift(part, pool, counter) for part in parts if part.start < part.end]
        return sorted(shifts)

    def _on_grid(self, part: Interval) -> Interval:
        """The whole steps of a stretch: a closure may begin and end between two of them."""
        grid = self.municipality.grid
        midnight = Interval.of_day(self.day_of(part.start), self.zone).start
        late = (part.start - midnight) % grid
        early = (part.end - midnight) % grid
        start = part.start + (grid - late if late else timedelta(0))
        return Interval(start, part.end - early)

    def telephone_open(self, now: datetime) -> bool:
        """Whether the telephone is answered at this moment."""
        return any(now in stretch for stretch in self.telephone_hours(self.day_of(now)))

    def telephone_opens(self, now: datetime) -> datetime | None:
        """The next moment at which the telephone is answered, or None within two months."""
        today = self.day_of(now)
        for n in range(_DAYS_AHEAD):
            for stretch in self.telephone_hours(today + timedelta(days=n)):
                if stretch.end > now:
                    return max(stretch.start, now)
        return None

    def _telephone_hours(self, day: date) -> tuple[Interval, ...]:
        if self.holiday(day):
            return ()
        stretches = joined(hours_on(self.municipality.telephone.hours, day, self.zone))
        closures = self.closures()
        return tuple(part for stretch in stretches for part in stretch.without(closures))


def hours_on(hours: Iterable[Hours], day: date, zone: ZoneInfo) -> list[Interval]:
    """The stretches on one local day of hours that repeat."""
    stretches = [
        Interval.on(day, each.opens, each.closes, zone)
        for each in hours
        if _falls_on(each.rule, each.starting, day)
    ]
    return [stretch for stretch in stretches if stretch.start < stretch.end]


def joined(stretches: Iterable[Interval]) -> list[Interval]:
    """The same time in as few stretches as possible, in order."""
    whole: list[Interval] = []
    for stretch in sorted(stretches):
        if whole and stretch.start <= whole[-1].end:
            whole[-1] = Interval(whole[-1].start, max(whole[-1].end, stretch.end))
        else:
            whole.append(stretch)
    return whole


def days_between(hours: Hours, first: date, length: timedelta) -> set[date]:
    """The local days on which hours repeat, from the first on."""
    start = datetime.combine(first, time(0))
    rule = _recurrence(hours.rule, hours.starting)
    return {found.date() for found in rule.between(start, start + length, inc=True)}


@cache
def _recurrence(rule: str, starting: date) -> rrule | rruleset:
    return rrulestr(rule, dtstart=datetime.combine(starting, time(0)), cache=True)


@lru_cache(maxsize=100_000)
def _falls_on(rule: str, starting: date, day: date) -> bool:
    midnight = datetime.combine(day, time(0))
    return bool(_recurrence(rule, starting).between(midnight, midnight, inc=True))

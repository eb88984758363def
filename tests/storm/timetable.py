"""How the clock runs in a storm: years on end, over midnight and both changes of summer time."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Amsterdam")
FIRST_YEAR = 2026


@dataclass(frozen=True)
class Moment:
    """A local time to which the clock steps, and the share of a year's calls that ring then.

    On an `edge` the clock steps back now and then, over what it has just passed. The first moment
    of a `season` is months after the one before.
    """

    at: datetime
    share: float
    edge: bool = False
    season: bool = False


def moments(years: int) -> list[Moment]:
    """The moments of so many years, the shares together 1."""
    return [each for n in range(years) for each in _year(FIRST_YEAR + n, years)]


def _year(year: int, years: int) -> list[Moment]:
    return [
        *_season(_last_sunday(year, 10), "02:59:59.5", years),
        *_season(_last_sunday(year + 1, 3), "01:59:59.5", years),
    ]


def _season(change: date, before: str, years: int) -> list[Moment]:
    """The days around a change of the clock: a working day, midnight, the change, a working day."""
    short, long = 0.05 / years, 0.2 / years
    return [
        Moment(_local(change - timedelta(days=3), "10:00:00"), long, season=True),
        Moment(_local(change - timedelta(days=2), "23:59:59.5"), short, edge=True),
        Moment(_local(change, before), short, edge=True),
        Moment(_local(change + timedelta(days=2), "09:30:00"), long),
    ]


def _local(day: date, at: str) -> datetime:
    return datetime.fromisoformat(f"{day} {at}").replace(tzinfo=ZONE)


def _last_sunday(year: int, month: int) -> date:
    last = date(year, month, 31)
    return last - timedelta(days=last.isoweekday() % 7)

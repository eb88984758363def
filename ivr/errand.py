"""What a caller is booking or moving, and what he asked of its time: goes with him step by step."""

from datetime import date, datetime

from msgspec import Struct

from ivr.desk import Desk, Home
from ivr.questions import Clock, Day, Persons, ServiceName, Words
from scheduling.openings import Wish


class Time(Struct, frozen=True):
    """A time as the caller hears it, with the municipality's day on which it is."""

    at: datetime
    on: date


class Seen(Struct, frozen=True):
    """An appointment as the caller heard it: he can change it as long as it still is so."""

    reference: str
    time: Time
    at_home: bool = False


class Errand(Struct, frozen=True):
    """What the caller comes for.

    `moves` is the appointment that gets another time; `after` the end of a visit that this one
    follows; `part` the part of the day that suits him; `home` where he is visited.
    """

    wish: Wish
    moves: Seen | None = None
    after: datetime | None = None
    part: str = ""
    home: Home | None = None

    @property
    def at_home(self) -> bool:
        """Whether we come to the caller's door, and he does not come to ours."""
        return bool(self.home or (self.moves and self.moves.at_home))

    def words(self, time: Time, today: date) -> Words:
        """Service, persons, day and time, for a sentence that reads them back."""
        return {
            "service": ServiceName(self.wish.service),
            "persons": Persons(self.wish.persons),
            "day": Day(time.on, today),
            "time": Clock(time.at),
        }


def time_of(desk: Desk, at: datetime) -> Time:
    """A moment, with its day."""
    return Time(at, desk.calendar.day_of(at))

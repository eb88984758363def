"""How dates, clock times and codes are written, in digits: for text messages and calendars."""

from datetime import date, time
from typing import Self

from pydantic import BaseModel, ConfigDict, model_validator

from prompts.speech import GROUP


class Writing(BaseModel):
    """One language's patterns for what is written."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    on_a_day: str
    at_a_time: str

    @model_validator(mode="after")
    def _patterns_want_known_words(self) -> Self:
        try:
            self.clock(time(9, 30))
            self.day(date(2026, 1, 1), "weekday", "month")
        except (KeyError, IndexError) as error:
            message = f"a pattern wants {error}, which is no word that it can have"
            raise ValueError(message) from None
        return self

    def clock(self, at: time) -> str:
        """A clock time to the minute, of 24 hours: "09:30 uur"."""
        return self.at_a_time.format(hour=f"{at.hour:02}", minute=f"{at.minute:02}")

    def day(self, day: date, weekday: str, month: str) -> str:
        """A day with its names of weekday and month: "dinsdag 1 december 2026"."""
        return self.on_a_day.format(weekday=weekday, day=day.day, month=month, year=day.year)


def grouped(digits: str) -> str:
    """A code in groups, as it is said: "258 369 472"."""
    return " ".join(digits[n : n + GROUP] for n in range(0, len(digits), GROUP))

"""How numbers, clock times, dates and codes are said, in words and not in digits.

A voice that is given "9:30" or "03-04" guesses; one that is given words does not.
"""

from datetime import date, time, timedelta
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

GROUP = 3
"""So many digits of a code are said in one breath."""

_Words = tuple[Annotated[str, Field(min_length=1)], ...]


class Speech(BaseModel):
    """One language's words for numbers, and the patterns in which they stand."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    numbers: _Words = Field(min_length=60, max_length=60)
    hours: _Words = Field(min_length=24, max_length=24)
    minutes: _Words = Field(min_length=60, max_length=60)
    days: _Words = Field(min_length=31, max_length=31)
    weekdays: _Words = Field(min_length=7, max_length=7)
    months: _Words = Field(min_length=12, max_length=12)
    parts_of_the_day: _Words = Field(min_length=24, max_length=24)
    on_the_hour: str
    past_the_hour: str
    on_a_day: str
    today: str
    tomorrow: str

    @model_validator(mode="after")
    def _patterns_want_known_words(self) -> Self:
        try:
            for at in (time(9), time(9, 30)):
                self.clock(at)
            for today in (date(2026, 1, 1), date(2025, 12, 31), date(2025, 12, 1)):
                self.day(date(2026, 1, 1), today)
        except (KeyError, IndexError) as error:
            message = f"a pattern wants {error}, which is no word that it can have"
            raise ValueError(message) from None
        return self

    def number(self, value: int) -> str:
        """A whole number from 0 to 59; raises IndexError beyond."""
        return self.numbers[value]

    def clock(self, at: time) -> str:
        """A clock time to the minute: "negen uur dertig", never "half tien"."""
        pattern = self.past_the_hour if at.minute else self.on_the_hour
        return pattern.format(
            hour=self.hours[at.hour],
            minute=self.minutes[at.minute],
            part=self.parts_of_the_day[at.hour],
        )

    def day(self, day: date, today: date) -> str:
        """A day: "dinsdag acht juli", with "vandaag" or "morgen" first where that is true."""
        words = self.on_a_day.format(
            weekday=self.weekdays[day.weekday()],
            day=self.days[day.day - 1],
            month=self.months[day.month - 1],
        )
        nearby = {today: self.today, today + timedelta(days=1): self.tomorrow}
        return nearby.get(day, "{date}").format(date=words)

    def code(self, digits: str) -> list[str]:
        """A code in groups, each said in one breath: "twee, vijf, acht"."""
        groups = [digits[n : n + GROUP] for n in range(0, len(digits), GROUP)]
        return [", ".join(self.numbers[int(digit)] for digit in group) for group in groups]

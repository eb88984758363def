"""The parts of a municipality's file: hours, services, counters, messages.

What is wrong within one part is said here; what does not fit together, by `municipality_rules`.
"""

from datetime import date, datetime, time, timedelta
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from scheduling.municipality_values import Address, Clock, Key, Number, Rule, Sender, Words

EPOCH_MONDAY = date(2024, 1, 1)
"""Where a rule that repeats begins to count when the file does not say."""


class Part(BaseModel):
    """A table of the file: unchangeable, and a name that it does not know is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class Hours(Part):
    """Clock times that repeat by a recurrence rule (RFC 5545, read by dateutil)."""

    rule: Rule
    opens: Clock = Field(alias="from")
    closes: Clock = Field(alias="until")
    starting: date = EPOCH_MONDAY

    @field_validator("closes")
    @classmethod
    def _ends_after_it_starts(cls, closes: time, others: ValidationInfo) -> time:
        opens = others.data.get("opens")
        if opens is not None and time(0) != closes <= opens:
            raise ValueError(
                f"{closes:%H:%M} is not after from {opens:%H:%M};"
                " hours over midnight are two entries"
            )
        return closes


class Roster(Hours):
    """Hours at which some counters are staffed."""

    counters: tuple[Key, ...] = Field(min_length=1)


class Telephone(Part):
    """The line: its number, when it is answered, and where an employee is reached.

    `handover` is the line's second number, at which agents key in the code of a handover.
    """

    number: Number
    agents: Address
    handover: Number | None = None
    agents_ring_seconds: int = Field(default=30, ge=5, le=600)
    hours: tuple[Hours, ...] = Field(min_length=1)
    hours_in_words: Words

    @field_validator("agents")
    @classmethod
    def _does_not_ring_itself(cls, agents: str, others: ValidationInfo) -> str:
        if agents == others.data.get("number"):
            raise ValueError(
                f"{agents} is the line's own number, so a caller who asks for an employee"
                " would come back to the menu; write the number of the agents' queue"
            )
        return agents

    @field_validator("handover")
    @classmethod
    def _hands_over_at_a_number_of_its_own(
        cls, handover: str | None, others: ValidationInfo
    ) -> str | None:
        if handover and handover in {others.data.get("number"), others.data.get("agents")}:
            raise ValueError(
                f"{handover} is telephone.number or telephone.agents already; write the line's"
                " second number, at which agents key in codes, or leave it out"
            )
        return handover


class Holiday(Part):
    """A day on which nobody works; several rules where the day moves.

    `starting` is where a rule counts from that does not come every year.
    """

    name: Words
    rules: tuple[Rule, ...] = Field(min_length=1)
    starting: date = EPOCH_MONDAY


class Closure(Part):
    """A time, local, in which the counters and the telephone are closed."""

    name: Words
    start: datetime = Field(alias="from")
    end: datetime = Field(alias="until")

    @field_validator("start", "end")
    @classmethod
    def _is_local(cls, moment: datetime) -> datetime:
        if moment.tzinfo:
            raise ValueError("from and until are local times: write 2026-12-24T12:00:00")
        return moment

    @field_validator("end")
    @classmethod
    def _ends_after_it_starts(cls, end: datetime, others: ValidationInfo) -> datetime:
        start = others.data.get("start")
        if start is not None and end <= start:
            raise ValueError(f"{end} is not after from {start}; write the later one as until")
        return end


class Term(Part):
    """A service that must be done soon: days from now, so many of them working days.

    Some time is kept back for it each day, and released for everybody at `released` on the day
    before. The term of a birth is Burgerlijk Wetboek 1:19e, sixth section, with the Algemene
    termijnenwet.
    """

    days: int = Field(ge=1, le=60)
    working_days: int = Field(ge=0, le=30)
    kept_back: tuple[Clock, ...] = ()
    released: Clock


class Visit(Part):
    """A service at the visitor's door: how long the way takes, and what it is instead of.

    `instead` is the service that callers are offered who can come to the town hall themselves.
    """

    travel_minutes: int = Field(ge=0, le=240)
    instead: Key


class Service(Part):
    """Something that a visitor comes for."""

    name: Words
    minutes: int = Field(ge=1, le=480)
    minutes_each_further_person: int = Field(default=0, ge=0, le=480)
    persons: int = Field(default=1, ge=1, le=9)
    bring: Words
    online: bool = False
    term: Term | None = None
    visit: Visit | None = None
    notice_minutes: int = Field(default=0, ge=0, le=28 * 24 * 60)

    def duration(self, persons: int) -> timedelta:
        """How long the appointment takes for so many persons, the way there and back included."""
        further = self.minutes_each_further_person * (persons - 1)
        return timedelta(minutes=self.minutes + further) + 2 * self.travel

    @property
    def travel(self) -> timedelta:
        """How long the way to the visitor's door takes; nothing where the visitor comes."""
        return timedelta(minutes=self.visit.travel_minutes if self.visit else 0)


class Group(Part):
    """A choice of the first menu: the services of one department."""

    key: Key
    name: Words
    services: tuple[Key, ...] = Field(min_length=1, max_length=5)
    private: bool = False
    """Whether its services are never named in a message: somebody else may read it."""


class Pool(Part):
    """Counters with the same skills: the services that each of them can do."""

    services: tuple[Key, ...] = Field(min_length=1)


class Counter(Part):
    """A place where one visitor is served at a time."""

    name: Key
    pool: Key


class Booking(Part):
    """How early and how late a time can be booked."""

    notice_minutes: int = Field(default=60, ge=0, le=7 * 24 * 60)
    horizon_days: int = Field(default=84, ge=1, le=400)


class Messages(Part):
    """Text messages: who they come from, and when visitors are reminded (local clock times).

    A sender that is a number can be answered; a name of at most 11 letters cannot.
    """

    sender: Sender
    reminder_days: int = Field(default=1, ge=0, le=14)
    not_before: Clock = time(8)
    not_after: Clock = time(20)
    most_a_day_to_a_number: int = Field(default=10, ge=1, le=1000)
    most_a_day: int = Field(default=2000, ge=1, le=1_000_000)

    @model_validator(mode="after")
    def _there_is_a_time_to_remind(self) -> Self:
        if self.not_after < self.not_before:
            raise ValueError(
                f"not_after {self.not_after:%H:%M} is before not_before {self.not_before:%H:%M};"
                ' nobody could be reminded at all. Write the end of the day as "23:59"'
            )
        return self

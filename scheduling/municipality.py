"""The municipality's file: who is served, when, by whom, and what a visitor brings.

Every rule that another municipality would change is a field here or in `municipality_parts`;
`municipality_file` reads the file and says with its line what is wrong.
"""

from datetime import time, timedelta
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from scheduling.municipality_parts import (
    Booking,
    Closure,
    Counter,
    Group,
    Holiday,
    Messages,
    Part,
    Pool,
    Roster,
    Service,
    Telephone,
)
from scheduling.municipality_values import Clock, Key, Words, Zone
from scheduling.parts_of_day import PartOfDay


class Municipality(Part):
    """All that the municipality's file says."""

    zone: Zone
    grid_minutes: Literal[5, 10, 15, 20, 30, 60]
    languages: tuple[Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")], ...] = Field(
        min_length=1
    )
    name: Words
    website: Words
    web_address: Words
    voices: dict[str, str]
    place: Words
    postcodes: tuple[Annotated[str, StringConstraints(pattern=r"^\d{4}$")], ...] = ()
    telephone: Telephone
    messages: Messages
    booking: Booking = Booking()
    afternoon_from: Clock = time(12)
    evening_from: Clock = time(17)
    holidays: tuple[Holiday, ...] = ()
    closures: tuple[Closure, ...] = ()
    groups: tuple[Group, ...] = Field(min_length=1, max_length=4)
    services: dict[Key, Service]
    pools: dict[Key, Pool]
    counters: tuple[Counter, ...] = Field(min_length=1)
    rosters: tuple[Roster, ...] = Field(min_length=1)

    @property
    def grid(self) -> timedelta:
        """The step of the calendar: every appointment starts and ends on it."""
        return timedelta(minutes=self.grid_minutes)

    @model_validator(mode="after")
    def _parts_of_the_day_come_in_order(self) -> Self:
        if not time(0) < self.afternoon_from < self.evening_from:
            raise ValueError(
                f"afternoon_from {self.afternoon_from:%H:%M} is not between midnight and"
                f" evening_from {self.evening_from:%H:%M}; write the earlier one as afternoon_from"
            )
        return self

    @property
    def parts_of_day(self) -> dict[str, PartOfDay]:
        """The parts of a day that callers can ask for."""
        return {
            "morning": PartOfDay(time(0), self.afternoon_from),
            "afternoon": PartOfDay(self.afternoon_from, self.evening_from),
            "evening": PartOfDay(self.evening_from, time(0)),
        }

    def parts_with_time(self, service: str) -> list[str]:
        """The parts of a day in which, by the rosters, some counter ever does a service."""
        pools = self.pools_of(service)
        able = {counter.name for counter in self.counters if counter.pool in pools}
        rosters = [roster for roster in self.rosters if able & set(roster.counters)]
        return [
            name
            for name, part in self.parts_of_day.items()
            if any(part.overlaps(roster.opens, roster.closes) for roster in rosters)
        ]

    @property
    def private_services(self) -> frozenset[str]:
        """The services that are never named in a message."""
        return frozenset(key for group in self.groups if group.private for key in group.services)

    def visit_for(self, service: str) -> str:
        """The service that is done at home instead of this one; empty where there is none."""
        visits = self.services.items()
        return next((k for k, of in visits if of.visit and of.visit.instead == service), "")

    def pools_of(self, service: str) -> tuple[str, ...]:
        """The pools that can do a service, those with the fewest other skills first."""
        return self._pools_of.get(service, ())

    @cached_property
    def _pools_of(self) -> dict[str, tuple[str, ...]]:
        ordered = sorted(self.pools, key=lambda key: (len(self.pools[key].services), key))
        return {
            service: tuple(key for key in ordered if service in self.pools[key].services)
            for service in self.services
        }

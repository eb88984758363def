"""How a call begins: the greeting, the choice of a service, and the closed line."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from ivr import booking
from ivr.agents import employee
from ivr.desk import Desk
from ivr.questions import (
    Clock,
    Count,
    Day,
    Farewell,
    GroupName,
    HolidayOn,
    Line,
    Menu,
    Prompt,
    ServiceName,
    Words,
)
from ivr.step import Step
from scheduling.openings import Wish

_LANGUAGE_KEYS = "987"
"""The keys of the other languages, the first of them on 9."""


def begin(desk: Desk) -> Step:
    """The first step of a call: the greeting, or the hours while the telephone is closed."""
    return welcome(desk) if desk.agents_open else closed(desk)


@dataclass(frozen=True)
class Welcome(Step):
    """The greeting and the groups of services."""

    groups: tuple[str, ...]
    languages: tuple[str, ...]
    spoken: str = ""

    def ask(self) -> Menu:
        """Names the groups, an existing appointment, the employee and the other languages."""
        options = {
            str(n): Prompt("option", {"choice": GroupName(group)})
            for n, group in enumerate(self.groups, 1)
        }
        options[self._existing] = Prompt("existing_appointment")
        options["0"] = Prompt("employee")
        return Menu(options | self._languages(), intro=(Prompt("welcome"),))

    def answered(self, key: str, desk: Desk) -> Step:
        """Leads to the services of a group, to an employee, or to the same in another language."""
        if key in (languages := self._languages()):
            return Welcome(self.groups, self.languages, languages[key].language)
        if key == self._existing:
            return employee(desk)
        return choose_service(desk, self.groups[int(key) - 1])

    def language(self) -> str:
        """The language that the caller chose."""
        return self.spoken

    @property
    def _existing(self) -> str:
        return str(len(self.groups) + 1)

    def _languages(self) -> dict[str, Prompt]:
        others = [each for each in self.languages if each != (self.spoken or self.languages[0])]
        return {
            key: Prompt("language", language=language)
            for key, language in zip(_LANGUAGE_KEYS, others, strict=False)
        }


def welcome(desk: Desk) -> Welcome:
    """The greeting, with what this municipality offers."""
    groups = tuple(group.key for group in desk.municipality.groups)
    return Welcome(groups, desk.municipality.languages)


def choose_service(desk: Desk, group: str) -> Step:
    """The services of a group; where there is one only, it is chosen."""
    services = next(g.services for g in desk.municipality.groups if g.key == group)
    if len(services) == 1:
        return service_chosen(desk, services[0])
    return ChooseService(group, services)


@dataclass(frozen=True)
class ChooseService(Step):
    """The services of one group."""

    group: str
    services: tuple[str, ...]

    def ask(self) -> Menu:
        """Names the services."""
        options = {
            str(n): Prompt("option", {"choice": ServiceName(service)})
            for n, service in enumerate(self.services, 1)
        }
        return Menu(options, intro=(Prompt("choose_service"),), outro=(Prompt("back"),))

    def answered(self, key: str, desk: Desk) -> Step:
        """Leads to the number of persons, or straight to the free times."""
        return service_chosen(desk, self.services[int(key) - 1])


def service_chosen(desk: Desk, service: str) -> Step:
    """Asks for the number of persons where several can come, or else offers times."""
    most = desk.municipality.services[service].persons
    return ChoosePersons(service, most) if most > 1 else booking.offer(desk, Wish(service))


@dataclass(frozen=True)
class ChoosePersons(Step):
    """For how many persons the appointment is."""

    service: str
    most: int

    def ask(self) -> Menu:
        """Asks for a number; its keys are not named one by one."""
        limits = {"fewest": Count(1), "most": Count(self.most)}
        return Menu(
            {},
            intro=(Prompt("choose_persons"),),
            core=(Prompt("number_of_persons", limits),),
            hidden=frozenset(str(n) for n in range(1, self.most + 1)),
        )

    def answered(self, key: str, desk: Desk) -> Step:
        """Leads to the free times."""
        return booking.offer(desk, Wish(self.service, int(key)))


@dataclass(frozen=True)
class Closed(Step):
    """Outside the hours of the telephone: says, in every language, when it is answered."""

    final: ClassVar[bool] = True
    ends: ClassVar[bool] = True

    languages: tuple[str, ...]
    today: date
    is_holiday: bool
    opens: datetime | None
    opens_on: date | None

    def ask(self) -> Farewell:
        """Says the hours, the next moment at which somebody answers, and the website."""
        return Farewell(tuple(line for lang in self.languages for line in self._lines(lang)))

    def _lines(self, language: str) -> list[Line]:
        lines: list[Line] = [Prompt("closed", language=language)]
        if self.is_holiday:
            named = {"holiday": HolidayOn(self.today)}
            lines.append(Prompt("closed_holiday", named, language))
        lines.append(Prompt("closed_hours", language=language))
        if self.opens and self.opens_on:
            when: Words = {"day": Day(self.opens_on, self.today), "time": Clock(self.opens)}
            lines.append(Prompt("closed_opens", when, language))
        return [*lines, Prompt("website", language=language)]


def closed(desk: Desk) -> Closed:
    """The closed line, as it is now."""
    opens = desk.calendar.telephone_opens(desk.now)
    return Closed(
        desk.municipality.languages,
        desk.today,
        desk.calendar.holiday(desk.today) is not None,
        opens,
        desk.calendar.day_of(opens) if opens else None,
    )

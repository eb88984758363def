"""How a call begins: the greeting, and the choice of a service."""

from datetime import datetime

from ivr import existing, home_visit, offering
from ivr.desk import Desk
from ivr.errand import Errand
from ivr.questions import Count, GroupName, Menu, Prompt, ServiceName
from ivr.step import Step
from scheduling.openings import Wish

_LANGUAGE_KEYS = "987"
"""The keys of the other languages, the first of them on 9."""


class Welcome(Step, frozen=True):
    """The greeting and the groups of services."""

    groups: tuple[str, ...]
    languages: tuple[str, ...]
    spoken: str = ""

    def ask(self) -> Menu:
        """Names the groups, an existing appointment, the employee and the other languages."""
        options = _named_groups(self.groups)
        options[self._existing] = Prompt("existing_appointment")
        options["0"] = Prompt("employee")
        return Menu(options | self._languages(), intro=(Prompt("welcome"),))

    def answered(self, key: str, desk: Desk) -> Step:
        """Leads to the services of a group, to an employee, or to the same in another language."""
        if key in (languages := self._languages()):
            return Welcome(self.groups, self.languages, languages[key].language)
        if key == self._existing:
            return existing.KeyReference()
        return choose_service(desk, self.groups[int(key) - 1])

    def language(self) -> str:
        """The language that the caller chose."""
        return self.spoken

    @property
    def _existing(self) -> str:
        return str(len(self.groups) + 1)

    def _languages(self) -> dict[str, Prompt]:
        return other_languages(self.languages, self.spoken)


def other_languages(languages: tuple[str, ...], spoken: str) -> dict[str, Prompt]:
    """The keys of the languages that are not spoken now, each said in its own words."""
    others = [each for each in languages if each != (spoken or languages[0])]
    return {
        key: Prompt("language", language=language)
        for key, language in zip(_LANGUAGE_KEYS, others, strict=False)
    }


def welcome(desk: Desk) -> Welcome:
    """The greeting, with what this municipality offers."""
    return Welcome(_groups(desk), desk.municipality.languages)


def start_again(desk: Desk) -> Step:
    """The greeting after something is done, in the language of the call."""
    return Welcome(_groups(desk), desk.municipality.languages, desk.caller.language)


def next_appointment(desk: Desk, after: datetime) -> Step:
    """The choice of another appointment, right after one that ends at a moment."""
    return NextAppointment(_groups(desk), after)


def _groups(desk: Desk) -> tuple[str, ...]:
    return tuple(group.key for group in desk.municipality.groups)


def _named_groups(groups: tuple[str, ...]) -> dict[str, Prompt]:
    return {
        str(n): Prompt("option", {"choice": GroupName(group)}) for n, group in enumerate(groups, 1)
    }


class NextAppointment(Step, frozen=True):
    """The groups of services, for an appointment that follows another."""

    groups: tuple[str, ...]
    after: datetime

    def ask(self) -> Menu:
        """Names the groups."""
        intro = (Prompt("choose_next"),)
        return Menu(_named_groups(self.groups), intro=intro, outro=(Prompt("back"),))

    def answered(self, key: str, desk: Desk) -> Step:
        """Leads to the services of a group."""
        return choose_service(desk, self.groups[int(key) - 1], self.after)


def choose_service(desk: Desk, group: str, after: datetime | None = None) -> Step:
    """The services of a group; where there is one only, it is chosen."""
    services = next(g.services for g in desk.municipality.groups if g.key == group)
    if len(services) == 1:
        return service_chosen(desk, services[0], after)
    return ChooseService(group, services, after)


class ChooseService(Step, frozen=True):
    """The services of one group; `after` is the end of a visit that this one follows."""

    group: str
    services: tuple[str, ...]
    after: datetime | None = None

    def ask(self) -> Menu:
        """Names the services."""
        options = {
            str(n): Prompt("option", {"choice": ServiceName(service)})
            for n, service in enumerate(self.services, 1)
        }
        return Menu(options, intro=(Prompt("choose_service"),), outro=(Prompt("back"),))

    def answered(self, key: str, desk: Desk) -> Step:
        """Leads to the number of persons, or straight to the free times."""
        return service_chosen(desk, self.services[int(key) - 1], self.after)


def service_chosen(desk: Desk, service: str, after: datetime | None) -> Step:
    """Asks for the number of persons where several can come, or else offers times."""
    if desk.municipality.services[service].persons > 1:
        return choose_persons(desk, service, after, visit=desk.municipality.visit_for(service))
    return offering.offer(desk, Errand(Wish(service), after=after))


def choose_persons(
    desk: Desk, service: str, after: datetime | None, *, visit: str = "", notice: str = ""
) -> Step:
    """The question for how many persons, and whether one of them must be visited at home."""
    most = desk.municipality.services[service].persons
    return ChoosePersons(service, most, after, visit, notice)


class ChoosePersons(Step, frozen=True):
    """For how many persons the appointment is; `visit` is what can be done at home instead."""

    service: str
    most: int
    after: datetime | None = None
    visit: str = ""
    notice: str = ""

    def ask(self) -> Menu:
        """Asks for a number; its keys are not named one by one."""
        limits = {"fewest": Count(1), "most": Count(self.most)}
        told = (Prompt(self.notice),) if self.notice else ()
        at_home = Prompt("option", {"choice": ServiceName(self.visit)})
        return Menu(
            {self._visit_key: at_home} if self.visit else {},
            intro=(*told, Prompt("choose_persons")),
            core=(Prompt("number_of_persons", limits),),
            hidden=frozenset(str(n) for n in range(1, self.most + 1)),
        )

    @property
    def _visit_key(self) -> str:
        return str(self.most + 1)

    def answered(self, key: str, desk: Desk) -> Step:
        """Leads to the free times, or to who may be visited at home."""
        if self.visit and key == self._visit_key:
            return home_visit.CannotCome(home_visit.Visit(self.visit, self.service, self.after))
        return offering.offer(desk, Errand(Wish(self.service, int(key)), after=self.after))

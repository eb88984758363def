"""Into the flow: calls that an agent hands over, with all that the caller has said already.

In a consultation the agent keys a code and hears what will happen; when he completes the transfer
nothing tells the line that somebody else is listening now. So after the announcement it waits, and
then it begins for the caller; until a key is pressed it begins again and again, for some minutes,
each time in full and with its name first. Whoever comes onto the line late hears the beginning.
"""

from typing import ClassVar

from msgspec.structs import replace

from ivr import existing, home_visit, offering, welcome
from ivr.desk import Desk
from ivr.errand import Errand
from ivr.questions import Entry, Menu, Persons, Prompt, ServiceName, Words
from ivr.step import Back, Path, Step
from scheduling.errors import ExpiredHandover, TooManyGuesses, UnknownHandover, UsedHandover
from scheduling.handovers import LENGTH, Handover
from scheduling.openings import Wish


def begins(desk: Desk, handover: Handover) -> Path:
    """Where a caller begins who was handed over: at his times, or at his appointment."""
    spoken = desk.municipality.languages
    language = handover.language if handover.language in spoken else ""
    greeting = replace(welcome.welcome(desk), spoken=language)
    if handover.reference:
        found = desk.book.find(handover.reference)
        return (greeting, existing.existing(desk, found)) if found else (greeting,)
    wish = _wish(desk, handover)
    return (greeting, _offer(desk, wish)) if wish else (greeting,)


def _offer(desk: Desk, wish: Wish) -> Step:
    """The first free times; where all before their day is full, this is said.

    Somebody may have taken what was free while the agent talked. Who is to be visited is asked what
    everybody is asked before: the visitors must know where to go.
    """
    visit = desk.municipality.services[wish.service].visit
    if visit:
        return home_visit.CannotCome(home_visit.Visit(wish.service, visit.instead))
    offered = offering.offer(desk, Errand(wish))
    if isinstance(offered, offering.ChooseOpening):
        first = offered.offered[0].on
        return replace(offered, notice="full_until" if desk.is_full_before(wish, first) else "")
    return offered


def _wish(desk: Desk, handover: Handover) -> Wish | None:
    """What the agent filled in, where the municipality has it for so many persons."""
    name = handover.service or ""
    service = desk.municipality.services.get(name)
    fits = service is not None and handover.persons <= service.persons
    return Wish(name, handover.persons) if fits else None


class KeyHandoverCode(Step, frozen=True):
    """The code of a handover, keyed in by an agent."""

    notice: str = ""

    def ask(self) -> Entry:
        """Asks for its digits."""
        told = (Prompt(self.notice),) if self.notice else ()
        core = (Prompt("key_handover"),)
        return Entry(LENGTH, _is_code, "handover_wrong", intro=told, core=core)

    def answered(self, key: str, desk: Desk) -> Step | Back:
        """Leads to what will happen; a code that is used or over leads to the greeting."""
        try:
            handover = desk.redeem(key)
        except UnknownHandover:
            return KeyHandoverCode(notice="handover_unknown")
        except UsedHandover:
            return Back(to_first=True, notice="handover_used")
        except ExpiredHandover:
            return Back(to_first=True, notice="handover_expired")
        except TooManyGuesses:
            return Back(to_first=True, notice="handover_refused")
        return announced(desk, handover)


def _is_code(keys: str) -> bool:
    return len(keys) == LENGTH


def announced(desk: Desk, handover: Handover) -> "Announced":
    """What the agent hears."""
    languages = desk.municipality.languages
    spoken = handover.language if handover.language in languages else languages[0]
    is_existing = bool(handover.reference)
    wish = _wish(desk, handover)
    return Announced(desk.caller.language, spoken, wish, is_existing)


class Announced(Step, frozen=True):
    """Tells the agent what the caller will hear, and waits for the transfer."""

    passing: ClassVar[bool] = True

    agent_speaks: str
    caller_speaks: str
    wish: Wish | None
    is_existing: bool

    def ask(self) -> Menu:
        """Service, persons and language; any key begins at once, and so does silence."""
        tongue = self.agent_speaks
        told = Prompt("handed_open", language=tongue)
        if self.wish:
            words: Words = {
                "service": ServiceName(self.wish.service),
                "persons": Persons(self.wish.persons),
            }
            told = Prompt("handed_service", words, tongue)
        if self.is_existing:
            told = Prompt("handed_existing", language=tongue)
        named = Prompt("language_name", language=self.caller_speaks)
        core = (told, named, Prompt("hand_over_now", language=tongue))
        return Menu({}, core=core, hidden=frozenset("12345678"))

    def answered(self, key: str, desk: Desk) -> Path:  # noqa: ARG002  any key
        """Begins for the caller."""
        return self.silent(desk)

    def silent(self, desk: Desk) -> Path:
        """Begins for the caller, from the beginning."""
        return begins(desk, desk.handover or Handover(language=self.caller_speaks))

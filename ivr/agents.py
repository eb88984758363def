"""Out of the flow: callers who are connected to an employee, and what if nobody answers."""

from datetime import timedelta
from typing import ClassVar

from ivr import call_back
from ivr.desk import Desk
from ivr.questions import Count, Farewell, Menu, Prompt, Transfer
from ivr.step import Back, Step

SPOKEN_WITH = frozenset({"completed", "answered"})
"""How a transfer ends (Twilio's DialCallStatus) after an employee's telephone was answered."""

LONGEST_WAIT = timedelta(minutes=10)
"""Who has waited so long is asked what he wants: employees may have gone without signing out."""


def employee(desk: Desk, lead: str = "") -> Step:
    """An employee in the hours of the telephone; outside them the caller is told so.

    `lead` is a prompt that is said first.
    """
    if not desk.agents_open:
        return AgentsClosed(lead)
    place = desk.wait_for_agent()
    if place.rings:
        return CallAgent(lead, shows_line=not desk.shown)
    if desk.now - place.since > LONGEST_WAIT:
        return AgentsBusy(place.before)
    return Waiting(place.before, lead)


def _insist(desk: Desk) -> Step:
    """For who asks for an employee twice in a row: he is not asked anything more.

    It rings once more where somebody may answer; otherwise he is rung back.
    """
    if not desk.agents_open:
        return _rung_back(desk)
    desk.wait_for_agent()
    return CallAgent(insists=True, shows_line=not desk.shown)


def _rung_back(desk: Desk) -> Step:
    return call_back.note(desk, desk.number) if desk.number else RingLater()


class CallAgent(Step, frozen=True):
    """The caller is connected to an employee; what was held for him stays held for a while."""

    holds: ClassVar[bool] = True
    passing: ClassVar[bool] = True

    lead: str = ""
    insists: bool = False
    shows_line: bool = False

    def ask(self) -> Transfer:
        """Says so, and rings the agents."""
        lead = (Prompt(self.lead),) if self.lead else ()
        return Transfer((*lead, Prompt("transfer")), self.shows_line)

    def answered(self, key: str, desk: Desk) -> Step:
        """After a talk the call ends; where nobody took the call, the caller chooses."""
        if key in SPOKEN_WITH and not desk.was_declined:
            desk.wait_no_more()
            return Goodbye()
        return _rung_back(desk) if self.insists else AgentsBusy(desk.wait_for_agent().before)


class AgentsBusy(Step, frozen=True):
    """No employee answered: try again, go on alone, or be rung back."""

    holds: ClassVar[bool] = True
    passing: ClassVar[bool] = True
    last_resort: ClassVar[bool] = True

    before: int = 0

    def ask(self) -> Menu:
        """Offers to try again or to go on; says how many callers came before."""
        options = {"1": Prompt("try_again"), "2": Prompt("go_on"), "3": Prompt("call_me_back")}
        place = (_place(self.before),) if self.before else ()
        return Menu(options, core=(Prompt("agents_busy"), *place))

    def zero(self, desk: Desk) -> Step:
        """He has asked for an employee twice in a row."""
        return _insist(desk)

    def answered(self, key: str, desk: Desk) -> Step | Back:
        """Rings again, returns to where the caller was, or has him rung back."""
        if key == "3":
            return call_back.begin(desk)
        return employee(desk) if key == "1" else Back()


class Waiting(Step, frozen=True):
    """All employees are talking: the caller waits for his turn, and hears how many come first."""

    holds: ClassVar[bool] = True
    passing: ClassVar[bool] = True
    last_resort: ClassVar[bool] = True

    before: int
    lead: str = ""

    def ask(self) -> Menu:
        """Says his place; he can go on alone meanwhile, or be rung back."""
        lead = (Prompt(self.lead),) if self.lead else ()
        options = {"2": Prompt("go_on"), "3": Prompt("call_me_back")}
        return Menu(options, intro=lead, core=(_place(self.before), Prompt("stay_on_line")))

    def silent(self, desk: Desk) -> Step:
        """Who stays on the line is connected when it is his turn."""
        desk.refresh()
        return employee(desk)

    def zero(self, desk: Desk) -> Step:
        """He has asked for an employee twice in a row."""
        return _insist(desk)

    def answered(self, key: str, desk: Desk) -> Step | Back:
        """Returns to where the caller was, who keeps his place for a while; or rings him back."""
        return Back() if key == "2" else call_back.begin(desk)


def _place(before: int) -> Prompt:
    if before == 0:
        return Prompt("you_are_first")
    if before == 1:
        return Prompt("one_before_you")
    return Prompt("several_before_you", {"count": Count(before)})


class AgentsClosed(Step, frozen=True):
    """No employee is there at this hour: go on alone, or be rung back."""

    holds: ClassVar[bool] = True
    passing: ClassVar[bool] = True
    last_resort: ClassVar[bool] = True

    lead: str = ""

    def ask(self) -> Menu:
        """Says so, and offers to go on."""
        lead = (Prompt(self.lead),) if self.lead else ()
        options = {"2": Prompt("go_on"), "3": Prompt("call_me_back")}
        return Menu(options, intro=lead, core=(Prompt("agents_closed"),))

    def zero(self, desk: Desk) -> Step:
        """He has asked for an employee twice in a row."""
        return _insist(desk)

    def answered(self, key: str, desk: Desk) -> Step | Back:
        """Returns to where the caller was, or has him rung back."""
        return Back() if key == "2" else call_back.begin(desk)


class Goodbye(Step, frozen=True):
    """The caller has all he came for."""

    final: ClassVar[bool] = True
    ends: ClassVar[bool] = True

    def ask(self) -> Farewell:
        """Thanks and a greeting."""
        return Farewell((Prompt("goodbye"),))


class RingLater(Step, frozen=True):
    """Nobody can help now: says when somebody can, and ends the call."""

    final: ClassVar[bool] = True
    ends: ClassVar[bool] = True

    def ask(self) -> Farewell:
        """The hours of the telephone, and the website."""
        return Farewell((Prompt("call_back_later"), Prompt("website"), Prompt("goodbye")))

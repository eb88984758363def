"""Out of the flow: callers who are connected to an employee, and what if nobody answers."""

from dataclasses import dataclass
from typing import ClassVar

from ivr.desk import Desk
from ivr.questions import Farewell, Menu, Prompt, Transfer
from ivr.step import Back, Step

SPOKEN_WITH = frozenset({"completed", "answered"})
"""How a transfer ends (Twilio's DialCallStatus) after caller and employee have talked."""


def employee(desk: Desk, lead: str = "") -> Step:
    """An employee in the hours of the telephone; outside them the caller is told so.

    `lead` is a prompt that is said first.
    """
    return CallAgent(lead) if desk.agents_open else AgentsClosed()


@dataclass(frozen=True)
class CallAgent(Step):
    """The caller is connected to an employee; what was held for him stays held for a while."""

    holds: ClassVar[bool] = True
    passing: ClassVar[bool] = True

    lead: str = ""

    def ask(self) -> Transfer:
        """Says so, and rings the agents."""
        lead = (Prompt(self.lead),) if self.lead else ()
        return Transfer((*lead, Prompt("transfer")))

    def answered(self, key: str, desk: Desk) -> Step:  # noqa: ARG002  the outcome decides
        """After a talk the call ends; where nobody answered, the caller chooses."""
        return Goodbye() if key in SPOKEN_WITH else AgentsBusy()


@dataclass(frozen=True)
class AgentsBusy(Step):
    """No employee answered: try again, or go on alone."""

    holds: ClassVar[bool] = True
    passing: ClassVar[bool] = True

    def ask(self) -> Menu:
        """Offers to try again or to go on."""
        options = {"1": Prompt("try_again"), "2": Prompt("go_on")}
        return Menu(options, core=(Prompt("agents_busy"),))

    def answered(self, key: str, desk: Desk) -> Step | Back:
        """Rings again, or returns to where the caller was."""
        return employee(desk) if key == "1" else Back()


@dataclass(frozen=True)
class AgentsClosed(Step):
    """No employee is there at this hour: go on alone, or ring later."""

    holds: ClassVar[bool] = True
    passing: ClassVar[bool] = True

    def ask(self) -> Menu:
        """Says when there is, and offers to go on."""
        core = (Prompt("agents_closed"), Prompt("call_back_later"))
        return Menu({"2": Prompt("go_on")}, core=core)

    def answered(self, key: str, desk: Desk) -> Back:  # noqa: ARG002  one key only
        """Returns to where the caller was."""
        return Back()


@dataclass(frozen=True)
class Goodbye(Step):
    """The caller has all he came for."""

    final: ClassVar[bool] = True
    ends: ClassVar[bool] = True

    def ask(self) -> Farewell:
        """Thanks and a greeting."""
        return Farewell((Prompt("goodbye"),))


@dataclass(frozen=True)
class RingLater(Step):
    """Nobody can help now: says when somebody can, and ends the call."""

    final: ClassVar[bool] = True
    ends: ClassVar[bool] = True

    def ask(self) -> Farewell:
        """The hours of the telephone, and the website."""
        return Farewell((Prompt("call_back_later"), Prompt("website"), Prompt("goodbye")))

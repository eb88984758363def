"""A caller whom nobody can help now leaves a number at which an employee rings him back."""

from typing import ClassVar

from ivr.desk import Desk
from ivr.phone_numbers import is_number, keyed, national
from ivr.questions import Entry, Farewell, Menu, Prompt, spelled
from ivr.step import Step

_DIGITS = 10


def begin(desk: Desk) -> Step:
    """Asks whether the number from which somebody rings is right; a withheld one is keyed in."""
    return ConfirmCallBack(desk.number) if desk.number else KeyCallBack()


def note(desk: Desk, number: str) -> Step:
    """Puts the caller on the list of the employees."""
    desk.ask_for("call_back", number)
    return CallBackNoted()


class KeyCallBack(Step, frozen=True):
    """The number at which somebody wants to be rung, keyed in."""

    last_resort: ClassVar[bool] = True

    def ask(self) -> Entry:
        """Asks for ten digits."""
        return Entry(_DIGITS, is_number, "number_wrong", core=(Prompt("key_number"),))

    def answered(self, key: str, desk: Desk) -> Step:  # noqa: ARG002  read back first
        """Reads the number back."""
        return ConfirmCallBack(keyed(key))


class ConfirmCallBack(Step, frozen=True):
    """Reads the number back, in E.164 as it is kept, in the digits that people know."""

    last_resort: ClassVar[bool] = True

    number: str

    def ask(self) -> Menu:
        """Says it digit by digit."""
        core = (Prompt("call_back_number"), *spelled(national(self.number)))
        return Menu({"1": Prompt("confirm_yes"), "2": Prompt("confirm_no")}, core=core)

    def answered(self, key: str, desk: Desk) -> Step:
        """Notes it, or asks for another number."""
        return note(desk, self.number) if key == "1" else KeyCallBack()


class CallBackNoted(Step, frozen=True):
    """An employee will ring; the caller can hang up."""

    final: ClassVar[bool] = True
    ends: ClassVar[bool] = True

    def ask(self) -> Farewell:
        """Says so."""
        return Farewell((Prompt("call_back_noted"), Prompt("goodbye")))

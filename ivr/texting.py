"""A text message about an appointment: to the mobile that is known, or to one that is keyed in."""

from datetime import datetime
from typing import ClassVar

from ivr import welcome
from ivr.desk import Desk
from ivr.phone_numbers import keyed
from ivr.questions import Entry, Menu, Prompt, spelled
from ivr.step import Back, Step
from scheduling.errors import AppointmentChanged
from scheduling.outbox import is_mobile

_DIGITS = 10


def text(desk: Desk, reference: str) -> Step | Back:
    """Sends the message where a Dutch mobile is known; or else asks for one."""
    known = desk.mobile_of(reference)
    return _send(desk, reference, known) if known else KeyMobile(reference)


def _send(desk: Desk, reference: str, mobile: str) -> Step | Back:
    try:
        ends_at = desk.text_to(reference, mobile)
    except AppointmentChanged:
        return Back(to_first=True, notice="appointment_changed")
    return Texted(ends_at) if ends_at else EnoughTexts()


def _is_dutch_mobile(keys: str) -> bool:
    return is_mobile(keyed(keys))


class KeyMobile(Step, frozen=True):
    """A mobile number that the caller keys in."""

    reference: str

    def ask(self) -> Entry:
        """Asks for ten digits; messages go to Dutch mobiles only."""
        return Entry(_DIGITS, _is_dutch_mobile, "mobile_wrong", core=(Prompt("key_mobile"),))

    def answered(self, key: str, desk: Desk) -> Step:  # noqa: ARG002  read back first
        """Reads the number back."""
        return ConfirmMobile(self.reference, keyed(key), key)


class ConfirmMobile(Step, frozen=True):
    """Reads a mobile number back."""

    reference: str
    mobile: str
    digits: str

    def ask(self) -> Menu:
        """Says it digit by digit."""
        core = (Prompt("the_number_is"), *spelled(self.digits))
        return Menu({"1": Prompt("confirm_yes"), "2": Prompt("confirm_no")}, core=core)

    def answered(self, key: str, desk: Desk) -> Step | Back:
        """Sends the message, or asks again."""
        return _send(desk, self.reference, self.mobile) if key == "1" else Back()


class Texted(Step, frozen=True):
    """The message is on its way."""

    final: ClassVar[bool] = True

    ends_at: datetime

    def ask(self) -> Menu:
        """Says so; there may be more that the caller wants."""
        options = {"1": Prompt("another_appointment")}
        return Menu(options, core=(Prompt("texted"),), outro=(Prompt("or_hang_up"),))

    def answered(self, key: str, desk: Desk) -> Step:  # noqa: ARG002  one key only
        """Leads to another appointment after this one."""
        return welcome.next_appointment(desk, self.ends_at)


class EnoughTexts(Step, frozen=True):
    """So many messages about this appointment were asked for that no more are sent today."""

    final: ClassVar[bool] = True

    def ask(self) -> Menu:
        """Says so, and offers an employee."""
        options = {"0": Prompt("employee")}
        return Menu(options, core=(Prompt("enough_texts"),), outro=(Prompt("or_hang_up"),))

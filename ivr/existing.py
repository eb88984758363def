"""An appointment that the caller already has: heard, moved, called off, or sent as a message.

Whoever keys in the reference has the appointment; the number from which he rings proves nothing.
"""

from datetime import date
from typing import ClassVar

from ivr import offering, texting, welcome
from ivr.agents import employee
from ivr.desk import Desk
from ivr.errand import Errand, Seen, Time, time_of
from ivr.questions import Bring, Entry, Menu, Prompt
from ivr.step import Back, Step
from scheduling.bookings import Appointment
from scheduling.errors import AppointmentChanged, TooManyGuesses, UnknownService
from scheduling.references import LENGTH, is_valid


class KeyReference(Step, frozen=True):
    """The reference of an appointment, keyed in by the caller."""

    def ask(self) -> Entry:
        """Asks for its digits; a slip of the finger is no valid reference and is asked again."""
        core = (Prompt("key_reference"),)
        return Entry(
            LENGTH, is_valid, "reference_wrong", core=core, outro=(Prompt("no_reference"),)
        )

    def answered(self, key: str, desk: Desk) -> Step:
        """Leads to the appointment; who keys in one that nobody has reaches an employee."""
        try:
            found = desk.find(key)
        except TooManyGuesses:
            return employee(desk, lead="too_many_guesses")
        return existing(desk, found) if found else employee(desk, lead="reference_unknown")


def existing(desk: Desk, appointment: Appointment) -> Step:
    """What can be done with an appointment; one that is over or called off is only named."""
    time = time_of(desk, appointment.comes_at)
    at_home = appointment.is_at_home(desk.municipality)
    errand = Errand(appointment.wish, moves=Seen(appointment.reference, time, at_home))
    if appointment.status == "cancelled":
        return Over(errand, time, desk.today, "existing_cancelled")
    if appointment.status != "booked" or appointment.comes_at <= desk.now:
        return Over(errand, time, desk.today, "existing_past")
    return Existing(errand, time, desk.today)


class Existing(Step, frozen=True):
    """The caller's appointment, and what he can do with it."""

    errand: Errand
    time: Time
    today: date

    def ask(self) -> Menu:
        """Says service, persons, day and time; of a visit at home, that we come."""
        options = {
            "1": Prompt("existing_bring"),
            "2": Prompt("existing_move"),
            "3": Prompt("existing_cancel"),
            "4": Prompt("existing_text"),
        }
        words = self.errand.words(self.time, self.today)
        told = Prompt("existing_home", words) if self.errand.at_home else Prompt("existing", words)
        return Menu(options, intro=(told,))

    def answered(self, key: str, desk: Desk) -> Step | Back:
        """Leads to what to bring, to other times, to the cancellation or to the message."""
        if key == "1":
            return WhatToBring(self.errand.wish.service)
        if key == "2":
            try:
                return offering.offer(desk, self.errand)
            except UnknownService:  # taken out of the file, or for fewer persons, since
                return employee(desk)
        if key == "3":
            return ConfirmCancel(self.errand, self.time, desk.today)
        return texting.text(desk, self.reference)

    @property
    def reference(self) -> str:
        """The reference that was keyed in."""
        return self.errand.moves.reference if self.errand.moves else ""


class WhatToBring(Step, frozen=True):
    """What to bring to the appointment."""

    service: str

    def ask(self) -> Menu:
        """Says it, and leads back to what else can be done."""
        return Menu({"1": Prompt("on")}, core=(Bring(self.service),))

    def answered(self, key: str, desk: Desk) -> Back:  # noqa: ARG002  one key only
        """Leads back to the appointment."""
        return Back()


class ConfirmCancel(Step, frozen=True):
    """Reads back what is about to be called off."""

    errand: Errand
    time: Time
    today: date

    def ask(self) -> Menu:
        """Says what will be gone."""
        told = Prompt("confirm_cancel", self.errand.words(self.time, self.today))
        return Menu({"1": Prompt("confirm_yes"), "2": Prompt("confirm_no")}, core=(told,))

    def answered(self, key: str, desk: Desk) -> Step | Back:
        """Calls it off, or leaves it as it is."""
        if key == "2" or not self.errand.moves:
            return Back()
        seen = self.errand.moves
        try:
            desk.cancel(seen.reference, seen.time.at)
        except AppointmentChanged:
            return Back(to_first=True, notice="appointment_changed")
        return Cancelled(self.errand, self.time, desk.today)


class Cancelled(Step, frozen=True):
    """The appointment is called off, and its time is somebody else's."""

    final: ClassVar[bool] = True

    errand: Errand
    time: Time
    today: date

    def ask(self) -> Menu:
        """Says so."""
        told = Prompt("cancelled", self.errand.words(self.time, self.today))
        options = {"1": Prompt("new_appointment")}
        return Menu(options, core=(told,), outro=(Prompt("or_hang_up"),))

    def answered(self, key: str, desk: Desk) -> Step:  # noqa: ARG002  one key only
        """Leads to the greeting."""
        return welcome.start_again(desk)


class Over(Step, frozen=True):
    """An appointment with which nothing can be done any more."""

    errand: Errand
    time: Time
    today: date
    notice: str

    def ask(self) -> Menu:
        """Says why, and offers a new one or an employee."""
        told = Prompt(self.notice, self.errand.words(self.time, self.today))
        options = {"1": Prompt("new_appointment"), "2": Prompt("try_employee")}
        return Menu(options, core=(told,))

    def answered(self, key: str, desk: Desk) -> Step | Back:
        """Leads to the greeting or to an employee."""
        return Back(to_first=True) if key == "1" else employee(desk)

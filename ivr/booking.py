"""From a chosen time to the booked or moved appointment: the read-back and the final message."""

from datetime import date
from typing import ClassVar

from ivr import texting, welcome
from ivr.desk import Desk
from ivr.errand import Errand, Time, time_of
from ivr.questions import Bring, Line, Menu, Pause, Prompt, spelled
from ivr.step import Back, Step
from scheduling.errors import AppointmentChanged, OpeningTaken


def read_back(errand: Errand, time: Time, desk: Desk) -> Step:
    """The question whether a time is right, before anything is booked or moved."""
    return ConfirmBooking(errand, time, desk.today)


class ConfirmBooking(Step, frozen=True):
    """Reads one time back; it stays held for this caller."""

    holds: ClassVar[bool] = True

    errand: Errand
    time: Time
    today: date

    def ask(self) -> Menu:
        """Says service, persons, day and time in one sentence."""
        words = self.errand.words(self.time, self.today)
        told = Prompt("confirm_move", words) if self.errand.moves else Prompt("confirm", words)
        return Menu({"1": Prompt("confirm_yes"), "2": Prompt("confirm_no")}, core=(told,))

    def answered(self, key: str, desk: Desk) -> Step | Back:
        """Books or moves, or goes back to the free times."""
        if key == "2":
            return Back()
        try:
            return self._moved(desk) if self.errand.moves else self._booked(desk)
        except OpeningTaken:
            return Back(notice="opening_taken")
        except AppointmentChanged:
            return Back(to_first=True, notice="appointment_changed")

    def _booked(self, desk: Desk) -> Step:
        appointment = desk.confirm(self.errand.wish, self.time.at)
        if home := self.errand.home:
            desk.visit(appointment, home)
        return Booked(
            self.errand,
            self.time,
            desk.today,
            appointment.reference,
            time_of(desk, appointment.ends_at),
            texted=appointment.mobile is not None,
            online=desk.municipality.services[self.errand.wish.service].online,
        )

    def _moved(self, desk: Desk) -> Step:
        assert self.errand.moves  # noqa: S101  tells the type checker what the caller knows
        seen = self.errand.moves
        moved = desk.move(seen.reference, seen.time.at, self.time.at)
        return Booked(
            self.errand,
            self.time,
            desk.today,
            moved.reference,
            time_of(desk, moved.ends_at),
            texted=moved.mobile is not None,
            rung_first=desk.is_asked_for("confirm_address", moved.reference),
        )

    def returned(self, desk: Desk) -> Step:
        """The same time, as long as it is free."""
        desk.keep(self.errand.wish, self.time.at)
        return self


class Booked(Step, frozen=True):
    """The appointment stands in the book; its reference is said twice.

    `rung_first` where an employee has yet to ring about the address of a visit that was moved.
    """

    final: ClassVar[bool] = True

    errand: Errand
    time: Time
    today: date
    reference: str
    until: Time
    texted: bool = False
    online: bool = False
    rung_first: bool = False

    def ask(self) -> Menu:
        """Says all twice, and what else can be done."""
        once = self._once()
        first = "moved" if self.errand.moves else "booked"
        more = [Prompt("texted")] if self.texted else []
        more += [Prompt("also_online")] if self.online else []
        core = (Prompt(first), *once, Pause(), Prompt("once_more"), *once, Pause(), *more)
        return Menu(self._options(), core=core, outro=(Prompt("hear_again"),))

    def _options(self) -> dict[str, Prompt]:
        options = {"1": Prompt("another_appointment")}
        return options if self.texted else options | {"2": Prompt("text_me")}

    def _once(self) -> tuple[Line, ...]:
        words = self.errand.words(self.time, self.today)
        told = [Prompt("booked_home" if self.errand.at_home else "booked_time", words)]
        told += [Prompt("rung_first")] if self.errand.home or self.rung_first else []
        bring = Bring(self.errand.wish.service)
        return (*told, bring, Prompt("reference"), *spelled(self.reference))

    def answered(self, key: str, desk: Desk) -> Step | Back:
        """Leads to another appointment after this one, or to a message about it."""
        if key == "1":
            return welcome.next_appointment(desk, self.until.at)
        return texting.text(desk, self.reference)

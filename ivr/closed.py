"""The closed line: it says when somebody answers, and takes a number to ring back."""

from datetime import date, datetime
from typing import ClassVar

from msgspec.structs import replace

from ivr import call_back
from ivr.desk import Desk
from ivr.questions import Clock, Day, HolidayOn, Line, Menu, Prompt, Words
from ivr.step import Step
from ivr.welcome import other_languages, welcome


def begin(desk: Desk) -> Step:
    """The first step of a call: the greeting, or the hours while the telephone is closed."""
    return welcome(desk) if desk.telephone_open else closed(desk)


class Closed(Step, frozen=True):
    """Outside the hours of the telephone; who says nothing more has heard what he needs."""

    final: ClassVar[bool] = True

    languages: tuple[str, ...]
    today: date
    is_holiday: bool
    opens: datetime | None
    opens_on: date | None
    spoken: str = ""

    def ask(self) -> Menu:
        """Says the next moment at which somebody answers, and the website; offers a call-back."""
        options = {"1": Prompt("call_me_back")} | other_languages(self.languages, self.spoken)
        return Menu(options, core=tuple(self._lines()), outro=(Prompt("or_hang_up"),))

    def _lines(self) -> list[Line]:
        lines: list[Line] = [Prompt("closed")]
        if self.is_holiday:
            lines.append(Prompt("closed_holiday", {"holiday": HolidayOn(self.today)}))
        else:
            lines.append(Prompt("closed_hours"))
        if self.opens and self.opens_on:
            when: Words = {"day": Day(self.opens_on, self.today), "time": Clock(self.opens)}
            lines.append(Prompt("closed_opens", when))
        return [*lines, Prompt("website")]

    def answered(self, key: str, desk: Desk) -> Step:
        """Leads to the call-back, or says the same in another language."""
        languages = other_languages(self.languages, self.spoken)
        if key in languages:
            return replace(self, spoken=languages[key].language)
        return call_back.begin(desk)

    def zero(self, desk: Desk) -> Step:
        """Nobody is there, so he is rung back."""
        return call_back.begin(desk)

    def language(self) -> str:
        """The language that the caller chose."""
        return self.spoken


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

"""What callers of a rehearsal have at hand, and what they key in where digits are asked for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from ivr.phone_numbers import national
from ivr.questions import Entry
from ivr.rehearsal.situations import LANDLINE, MOBILE
from ivr.step import Step
from scheduling.handovers import LENGTH as CODE_LENGTH
from scheduling.references import check_digit


class NoExample(Exception):  # noqa: N818  named for what happened
    """A step asks for digits, and nobody has said what a caller could key in there."""


@dataclass(frozen=True)
class Props:
    """References of appointments in the book, the day of the call, and where callers live.

    No more messages are sent about the appointment `texted`. `handed` are codes of handovers by the
    language of the caller, `handed_before` is one that was used; `language` is that of the call.
    """

    booked: str
    texted: str
    cancelled: str
    today: date
    postcodes: tuple[str, ...]
    handed: Mapping[str, str]
    handed_before: str
    language: str = ""

    def unknown(self) -> str:
        """A reference that could be one, and that nobody has."""
        drawn = {self.booked, self.texted, self.cancelled}
        candidates = (f"2345678923{n}" for n in range(22, 100) if "0" not in str(n))
        whole = (digits[:11] + check_digit(digits[:11]) for digits in candidates)
        return next(each for each in whole if each[-1] in "23456789" and each not in drawn)

    def unknown_code(self) -> str:
        """A code that no handover has."""
        drawn = {*self.handed.values(), self.handed_before}
        candidates = (str(n) * CODE_LENGTH for n in range(10))
        return next(each for each in candidates if each not in drawn)

    def in_days(self, days: int) -> str:
        """The digits of a day and its month."""
        return f"{self.today + timedelta(days=days):%d%m}"


@dataclass(frozen=True)
class Example:
    """Digits that lead somewhere, and by which printed word they are known on the chart."""

    word: str
    digits: Callable[[Props], str]


EXAMPLES: Mapping[str, tuple[Example, ...]] = {
    "KeyReference": (
        Example("a_reference", lambda props: props.booked),
        Example("a_cancelled_reference", lambda props: props.cancelled),
        Example("an_unknown_reference", Props.unknown),
    ),
    "KeyDate": (
        Example("a_day", lambda props: props.in_days(8)),
        Example("a_past_day", lambda props: props.in_days(-7)),
    ),
    "KeyMobile": (Example("a_mobile", lambda _: national(MOBILE)),),
    "KeyCallBack": (Example("a_number", lambda _: national(LANDLINE)),),
    "KeyHomeNumber": (Example("a_number", lambda _: national(LANDLINE)),),
    "KeyPostcode": (Example("a_postcode", lambda props: props.postcodes[0]),),
    "KeyHouseNumber": (Example("a_house_number", lambda _: "12"),),
    "KeyHandoverCode": (
        Example("a_code", lambda props: props.handed[props.language]),
        Example("a_used_code", lambda props: props.handed_before),
        Example("an_unknown_code", Props.unknown_code),
    ),
}
"""By the name of a step that asks for digits: what callers key in. A new one needs a line here."""


def keyed_in(step: Step, question: Entry, props: Props) -> list[tuple[Example, str]]:
    """The examples for a step, with their digits; raises NoExample where there is none."""
    name = type(step).__name__
    if name not in EXAMPLES:
        message = f"{name} asks for digits: say in EXAMPLES (ivr/rehearsal/props.py) which work"
        raise NoExample(message)
    found = [(example, example.digits(props)) for example in EXAMPLES[name]]
    for example, digits in found:
        if not question.accepts(digits):
            message = f"{name} does not take {digits} for {example.word!r}: mend its EXAMPLES"
            raise NoExample(f"{message} (ivr/rehearsal/props.py)")
    return found

"""Telephone numbers: of who rings, as far as it is told, and of what somebody keys in."""

import re
from functools import cache
from types import ModuleType

_COUNTRY = "NL"
"""Where the line is: people key numbers in, and hear them, as they are written there."""

_E164 = re.compile(r"\+[1-9]\d{6,14}")
_WITHHELD = frozenset(
    {"+266696687", "+8656696", "+7378742833", "+86282452253", "+7748283", "+2562533"}
)
"""What Twilio sends for a withheld number: "anonymous", "unknown" and the like on a keypad."""


@cache
def _plan() -> ModuleType:
    """The numbering plans of the world: 60 modules, which few calls need, and no start."""
    import phonenumbers  # noqa: PLC0415

    return phonenumbers


def of_caller(told: str) -> str:
    """The number (E.164) from which somebody rings; empty where it is withheld or no number."""
    return told if _E164.fullmatch(told) and told not in _WITHHELD else ""


def is_number(digits: str) -> bool:
    """Whether what somebody keyed in is a number at which he can be rung."""
    return keyed(digits) != ""


def keyed(digits: str) -> str:
    """The number (E.164) that somebody keyed in; empty where it is none.

    Only numbers of the country itself: keys for others would let strangers ring far away.
    """
    plan = _plan()
    try:
        number = plan.parse(digits, _COUNTRY)
    except plan.NumberParseException:
        return ""
    if not plan.is_valid_number_for_region(number, _COUNTRY):
        return ""
    return str(plan.format_number(number, plan.PhoneNumberFormat.E164))


def national(number: str) -> str:
    """The digits by which people know a number (E.164)."""
    plan = _plan()
    try:
        parsed = plan.parse(number, _COUNTRY)
    except plan.NumberParseException:
        return re.sub(r"\D", "", number)
    if plan.region_code_for_number(parsed) == _COUNTRY:
        return re.sub(r"\D", "", plan.format_number(parsed, plan.PhoneNumberFormat.NATIONAL))
    return "00" + number[1:]


def written(number: str) -> str:
    """A number (E.164) as people of its country write it: 071 545 8500."""
    plan = _plan()
    return str(plan.format_number(plan.parse(number), plan.PhoneNumberFormat.NATIONAL))

"""Telephone numbers: of who rings, as far as it is told, and of what somebody keys in."""

import re

import phonenumbers

_COUNTRY = "NL"
"""Where the line is: people key numbers in, and hear them, as they are written there."""

_E164 = re.compile(r"\+[1-9]\d{6,14}")
_WITHHELD = frozenset(
    {"+266696687", "+8656696", "+7378742833", "+86282452253", "+7748283", "+2562533"}
)
"""What Twilio sends for a withheld number: "anonymous", "unknown" and the like on a keypad."""


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
    try:
        number = phonenumbers.parse(digits, _COUNTRY)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_valid_number_for_region(number, _COUNTRY):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def national(number: str) -> str:
    """The digits by which people know a number (E.164)."""
    try:
        parsed = phonenumbers.parse(number, _COUNTRY)
    except phonenumbers.NumberParseException:
        return re.sub(r"\D", "", number)
    if phonenumbers.region_code_for_number(parsed) == _COUNTRY:
        return re.sub(
            r"\D", "", phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)
        )
    return "00" + number[1:]


def written(number: str) -> str:
    """A number (E.164) as people of its country write it: 071 545 8500."""
    parsed = phonenumbers.parse(number)
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)

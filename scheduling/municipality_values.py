"""The kinds of values in a municipality's file, with what would be right where one is wrong."""

import re
from datetime import datetime, time
from typing import Annotated
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr
from pydantic import AfterValidator, BeforeValidator, StringConstraints

_DAYS = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
_CLOCK = frozenset({"BYHOUR", "BYMINUTE", "BYSECOND"})


def _clock(text: object) -> time:
    if isinstance(text, str) and re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d|24:00", text):
        return time(0) if text == "24:00" else time.fromisoformat(text)
    raise ValueError(f'{text!r} is not a clock time; write it as "08:00"')


def _zone(text: object) -> ZoneInfo:
    try:
        return ZoneInfo(str(text))
    except (KeyError, ValueError, OSError):
        message = f'{text!r} is not a time zone; write one like "Europe/Amsterdam"'
        raise ValueError(message) from None


def _rule(text: str) -> str:
    parts = dict(part.split("=", 1) for part in text.upper().split(";") if "=" in part)
    # With such an interval, or so far from Easter, dateutil looks for a day for ever.
    interval = re.fullmatch(r"0*[1-9]\d{0,2}", parts.get("INTERVAL", "1"))
    easter = re.fullmatch(r"[+-]?\d{1,2}(,[+-]?\d{1,2})*", parts.get("BYEASTER", "0"))
    if parts.get("FREQ") not in _DAYS or not interval or not easter or _CLOCK & set(parts):
        raise ValueError(
            f'{text!r} is not a recurrence rule of days; write "FREQ=WEEKLY;BYDAY=MO,TU",'
            " and clock times in from and until"
        )
    try:
        rrulestr(text, dtstart=datetime(2024, 1, 1))  # noqa: DTZ001  rules run on local days
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        message = f'{text!r} is not a recurrence rule ({error}); write "FREQ=WEEKLY;BYDAY=MO,TU"'
        raise ValueError(message) from None
    return text


def checked_number(text: str) -> str:
    """The text where it is a telephone number (E.164); raises ValueError with what to write."""
    if not re.fullmatch(r"\+[1-9]\d{6,14}", text):
        raise ValueError(f'{text!r} is not a telephone number; write it as "+31715458500"')
    return text


def _address(text: str) -> str:
    return text if re.fullmatch(r"sips?:[^\s@]+@[^\s@]+", text) else checked_number(text)


def _sender(text: str) -> str:
    return text if re.fullmatch(r"(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}", text) else checked_number(text)


Clock = Annotated[time, BeforeValidator(_clock)]
Zone = Annotated[ZoneInfo, BeforeValidator(_zone)]
Rule = Annotated[str, AfterValidator(_rule)]
Number = Annotated[str, AfterValidator(checked_number)]
Address = Annotated[str, AfterValidator(_address)]
Sender = Annotated[str, AfterValidator(_sender)]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=40)]
Words = dict[str, Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]]
"""The same words in each language of the line: `{nl = "...", en = "..."}`."""

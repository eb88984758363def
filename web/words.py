"""How the pages write times and numbers, and read what an employee types: in Dutch."""

import re
from datetime import date, datetime, timedelta

import phonenumbers

from scheduling.bookings import Appointment
from scheduling.calendar import Calendar
from scheduling.handed import LONGEST_NOTE
from scheduling.openings import Wish
from scheduling.outbox import is_mobile

DAYS = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")
MONTHS = (
    "januari",
    "februari",
    "maart",
    "april",
    "mei",
    "juni",
    "juli",
    "augustus",
    "september",
    "oktober",
    "november",
    "december",
)
STATUSES = {
    "booked": "staat vast",
    "cancelled": "is afgezegd",
    "arrived": "de bezoeker is er",
    "served": "de bezoeker is geholpen",
    "missed": "de bezoeker is niet gekomen",
}
TASKS = {
    "call_back": "Terugbellen",
    "confirm_address": "Adres nakijken",
    "message_failed": "Sms niet aangekomen",
}
LANGUAGES = {"nl": "Nederlands", "en": "Engels"}

_POSTCODE = re.compile(r"(\d{4}) ?([A-Z]{2})[ ,]+(\d{1,5}[ -]?[A-Z0-9-]{0,6})")


def day_in_words(day: date, today: date) -> str:
    """A day, such as "vandaag, dinsdag 1 december"."""
    near = {0: "vandaag, ", 1: "morgen, "}.get((day - today).days, "")
    year = "" if day.year == today.year else f" {day.year}"
    return f"{near}{DAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]}{year}"


def time_in_words(moment: datetime, calendar: Calendar, today: date) -> str:
    """A moment, such as "vandaag, dinsdag 1 december, 11:10 uur"."""
    local = moment.astimezone(calendar.zone)
    return f"{day_in_words(local.date(), today)}, {local:%H:%M} uur"


def clock(moment: datetime, calendar: Calendar) -> str:
    """The time of a moment, such as "11:10 uur"."""
    return f"{moment.astimezone(calendar.zone):%H:%M} uur"


def wish_in_words(wish: Wish, calendar: Calendar) -> str:
    """What somebody comes for, such as "een rijbewijs, 2 personen"."""
    known = calendar.municipality.services.get(wish.service)
    name = known.name["nl"] if known else f"{wish.service} (staat niet meer in het aanbod)"
    return f"{name}, {wish.persons} {'persoon' if wish.persons == 1 else 'personen'}"


def to_bring(wish: Wish, calendar: Calendar) -> str:
    """What to bring for it; empty where the municipality no longer has the service."""
    known = calendar.municipality.services.get(wish.service)
    return known.bring["nl"] if known else ""


def in_a_list(name: str) -> str:
    """The name of a service without its article: in a list one types its first letters."""
    bare = re.sub(r"^(?:een|de|het) ", "", name)
    return bare[:1].upper() + bare[1:]


def in_groups(reference: str) -> str:
    """A reference, or a code, as it is read out: in groups of three."""
    return " ".join(reference[n : n + 3] for n in range(0, len(reference), 3))


def ago(since: timedelta) -> str:
    """How long something has lasted."""
    seconds = max(0, int(since.total_seconds()))
    return f"{seconds // 60} min {seconds % 60:02} s" if seconds >= 60 else f"{seconds} s"  # noqa: PLR2004


def mobile(typed: str) -> str:
    """A Dutch mobile (E.164) from what was typed; empty where it is none."""
    digits = re.sub(r"[ ().-]", "", typed)
    number = re.sub(r"^(?:0|0031|\+310|00310)(?=6)", "+31", digits)
    return number if is_mobile(number) else ""


def telephone(typed: str) -> str:
    """A number (E.164) from what was typed, Dutch where no country is; empty where it is none."""
    try:
        number = phonenumbers.parse(typed, "NL")
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_valid_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def to_dial(number: str) -> str:
    """A number (E.164) as people of its country write it: 071 545 8502."""
    parsed = phonenumbers.parse(number)
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)


def one_line(typed: str) -> str:
    """A note on one line, with nothing in it that cannot be read, and no longer than is kept."""
    readable = "".join(each if each.isprintable() else " " for each in typed)
    return " ".join(readable.split())[:LONGEST_NOTE]


def address(typed: str, postcodes: tuple[str, ...]) -> str:
    """Postcode and house number from what was typed; empty where nobody is visited there."""
    found = _POSTCODE.fullmatch(" ".join(typed.upper().split()))
    if not found or (postcodes and found[1] not in postcodes):
        return ""
    return f"{found[1]} {found[2]} {found[3]}"


def is_to_come(appointment: Appointment, now: datetime) -> bool:
    """Whether an appointment can still be moved or called off."""
    return appointment.status == "booked" and appointment.comes_at > now

"""What a text message says about an appointment, in the language of the appointment.

Somebody else may read it: services of private groups are not named, nor what to bring for them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from ivr.phone_numbers import written
from prompts.catalogue import Catalogue, catalogue
from prompts.writing import grouped
from scheduling.bookings import Appointment
from scheduling.calendar import Calendar
from scheduling.municipality_parts import Service

MOST_CHARACTERS = 1600
"""What Twilio takes as the body of one message."""

BRING = "bring"
"""The place of what to bring, which the municipality's file says and no text."""

_LINES: Mapping[str, tuple[str, ...]] = {
    "confirmation": (
        "booked",
        "what",
        "when",
        "where",
        BRING,
        "online",
        "reference",
        "cancel",
        "calendar",
    ),
    "change": ("changed", "what", "when", "where", "reference", "cancel", "calendar"),
    "reminder": ("reminder", "what", "when", "where", BRING, "reference", "cancel"),
    "cancellation": ("cancelled", "again"),
}

_AT_HOME = {"where": "where_at_home", "cancelled": "cancelled_at_home"}
"""What is said in another way about a visit at home."""


@dataclass(frozen=True)
class Texts:
    """Writes messages for a municipality whose line is reached at `public_url`."""

    calendar: Calendar
    public_url: str

    def about(self, kind: str, appointment: Appointment) -> str:
        """The message of a kind (confirmation, change, reminder, cancellation)."""
        words = _Words(self, appointment)
        lines = {name: words.line(name) for name in _LINES[kind]}
        if sum(len(line) + 1 for line in lines.values()) > MOST_CHARACTERS:
            del lines[BRING]
        return "\n".join(filter(None, lines.values()))

    def subject(self, appointment: Appointment) -> str:
        """What the appointment is called in a calendar."""
        words = _Words(self, appointment)
        return words.text("subject_with_service" if words.service else "subject")

    def place(self, appointment: Appointment) -> str:
        """Where the visitor comes, or where the visitor is visited."""
        words = _Words(self, appointment)
        return words.text("at_home") if words.at_home else words.values["place"]

    def bring(self, appointment: Appointment) -> str:
        """What the visitor brings, where that can be said."""
        return _Words(self, appointment).line(BRING)

    def answer(self, key: str, language: str) -> str:
        """An answer that is about no appointment."""
        return catalogue(language).write(key, self.own_words(language))

    def language(self, wanted: str) -> str:
        """A language of the municipality: the wanted one, or else its first."""
        known = self.calendar.municipality.languages
        return wanted if wanted in known else known[0]

    def own_words(self, language: str) -> dict[str, str]:
        """The words that every text may use: they are the municipality's own."""
        municipality = self.calendar.municipality
        return {
            "municipality": municipality.name[language],
            "place": municipality.place[language],
            "web_address": municipality.web_address[language],
            "telephone": written(municipality.telephone.number),
            "example": grouped("234567892345"),
        }


class _Words:
    """The words for one appointment; `service` is None where it must not be named."""

    def __init__(self, texts: Texts, appointment: Appointment) -> None:
        municipality = texts.calendar.municipality
        key = appointment.wish.service
        known = municipality.services.get(key)
        self.service: Service | None = None if key in municipality.private_services else known
        self.at_home = appointment.is_at_home(municipality)
        self.persons = appointment.wish.persons
        self.can_reply = municipality.messages.sender.startswith("+")
        self.language = texts.language(appointment.language)
        self.catalogue: Catalogue = catalogue(self.language)
        self.values = texts.own_words(self.language) | {
            "service": self.service.name[self.language] if self.service else "",
            "count": str(self.persons),
            **self._moment(appointment.comes_at.astimezone(texts.calendar.zone)),
            "reference": grouped(appointment.reference),
            "link": f"{texts.public_url}/appointments/{appointment.token}.ics",
        }

    def _moment(self, there: datetime) -> dict[str, str]:
        return {
            "day": self.catalogue.written_day(there.date()),
            "time": self.catalogue.writing.clock(there.time()),
        }

    def text(self, key: str) -> str:
        return self.catalogue.write(key, self.values)

    def line(self, name: str) -> str:
        """A line of a message; empty where it does not belong to this appointment."""
        match name:
            case "what":
                several = "what_for_several" if self.persons > 1 else "what"
                return self.text(several) if self.service else ""
            case "where" | "cancelled" if self.at_home:
                return self.text(_AT_HOME[name])
            case "online":
                return self.text("online") if self.service and self.service.online else ""
            case "cancel":
                return self.text("cancel_by_reply" if self.can_reply else "cancel_by_phone")
        if name == BRING:
            return self.service.bring[self.language] if self.service else ""
        return self.text(name)

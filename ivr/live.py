"""Who is on the line now, and where in the conversation, for employees who watch."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from ivr import calls
from scheduling.database import Database

LONGEST = timedelta(minutes=15)
"""Nobody is at one step for longer: the end of such a call was never told."""

STEPS = {
    "AgentsBusy": "niemand nam op",
    "AgentsClosed": "hoort dat er geen medewerker is",
    "Announced": "wordt doorgegeven door een collega",
    "AnotherDay": "kiest een andere dag",
    "Booked": "heeft geboekt",
    "CallAgent": "wordt doorverbonden",
    "CallBackNoted": "wordt teruggebeld",
    "Cancelled": "heeft afgezegd",
    "CannotCome": "kan niet komen",
    "ChooseOpening": "hoort vrije tijden",
    "ChoosePart": "kiest een deel van de dag",
    "ChoosePersons": "kiest het aantal personen",
    "ChooseService": "kiest een dienst",
    "Closed": "hoort dat de lijn dicht is",
    "ConfirmBooking": "controleert de afspraak",
    "ConfirmCallBack": "controleert het nummer",
    "ConfirmCancel": "wil afzeggen",
    "ConfirmMobile": "controleert het nummer",
    "EnoughTexts": "krijgt geen sms meer",
    "Existing": "hoort de eigen afspraak",
    "Goodbye": "neemt afscheid",
    "KeyCallBack": "toetst een nummer in",
    "KeyDate": "toetst een datum in",
    "KeyHandoverCode": "collega toetst een code in",
    "KeyHomeNumber": "toetst een nummer in",
    "KeyHouseNumber": "toetst een huisnummer in",
    "KeyMobile": "toetst een nummer in",
    "KeyPostcode": "toetst een postcode in",
    "KeyReference": "toetst het afspraaknummer in",
    "NextAppointment": "hoort de eerstvolgende afspraak",
    "NobodyBrings": "kan niet komen",
    "NothingFree": "hoort dat er niets vrij is",
    "Over": "de afspraak is voorbij",
    "RingLater": "hoort wanneer te bellen",
    "Texted": "krijgt een sms",
    "Waiting": "wacht op een medewerker",
    "Welcome": "hoort het eerste menu",
    "WhatToBring": "hoort wat mee moet",
}
"""What each step of the conversation is called where employees see it."""


@dataclass(frozen=True)
class LiveCall:
    """A call that is going on: where it is, in which language, and since when (UTC)."""

    step: str
    language: str
    since: datetime


def live_calls(database: Database, now: datetime) -> list[LiveCall]:
    """The calls that are going on, those that are longest at one step first."""
    with database.read() as connection:
        found = calls.going_on(connection, now - LONGEST)
    return [
        LiveCall(_name(type(call.path[-1]).__name__), call.language, call.heard_at)
        for call in found
        if call.path
    ]


def _name(step: str) -> str:
    return STEPS.get(step, "is in gesprek")

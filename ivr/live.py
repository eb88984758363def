"""Who is on the line now, and where in the conversation, for employees who watch."""

from datetime import datetime, timedelta

from msgspec import Struct

from ivr import calls, waiting
from ivr.calls import Call
from ivr.speaker import Speaker
from ivr.whisper import of_caller, wanted
from scheduling.database import Database
from scheduling.openings import Wish

LONGEST = timedelta(minutes=15)
"""Nobody is at one step for longer: the end of such a call was never told."""

_TALKS = "spreekt met een medewerker"

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


class LiveCall(Struct, frozen=True):
    """A call that is going on: where it is, in which language, and since when (UTC).

    `wish` is what the caller chose last, and `told` what an employee hears of it who is rung for
    him; he `talks` with one now.
    """

    sid: str
    step: str
    language: str
    since: datetime
    wish: Wish | None
    told: str
    talks: bool


def live_calls(database: Database, speaker: Speaker, now: datetime) -> list[LiveCall]:
    """The calls that are going on, those that are longest at one step first."""
    return [_live(call, speaker, talks=talks) for call, talks in going_on(database, now)]


def going_on(database: Database, now: datetime) -> list[tuple[Call, bool]]:
    """These calls as they are stored, each with whether an employee is talking in it."""
    with database.read() as connection:
        talking = waiting.talking(connection, now)
        found = calls.going_on(connection, now - waiting.LONGEST_TALK)
    there = [(call, call.sid in talking) for call in found if call.path]
    return [(call, talks) for call, talks in there if talks or call.heard_at >= now - LONGEST]


def _live(call: Call, speaker: Speaker, *, talks: bool) -> LiveCall:
    language = speaker.calendar.municipality.languages[0]
    told = " ".join(speaker.line(prompt, language) for prompt in of_caller(call))
    step = _TALKS if talks else STEPS.get(type(call.path[-1]).__name__, "is in gesprek")
    return LiveCall(call.sid, step, call.language, call.heard_at, wanted(call.path), told, talks)

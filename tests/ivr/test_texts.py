"""A text message says all that a visitor needs, and nothing that nobody else may read."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from ivr.texts import MOST_CHARACTERS, Texts
from prompts.writing import grouped
from scheduling.bookings import Appointment
from scheduling.calendar import Calendar
from scheduling.municipality import Municipality
from scheduling.openings import Wish
from scheduling.outbox import KINDS
from tests.prompts.languages import LANGUAGES
from tests.prompts.test_texts import GSM
from tests.scheduling.towns import Table, table

URL = "https://afspraken.example.nl"
AT = datetime(2026, 12, 1, 10, 10, tzinfo=UTC)
SERVICES = list(Municipality.model_validate(table()).services)
PRIVATE = ("tax-remission", "household-help", "transport", "disabled-parking")


def texts(**changes: object) -> Texts:
    """The texts of a town like Leiderdorp."""
    return Texts(Calendar(Municipality.model_validate(table() | changes)), URL)


def appointment(
    service: str = "travel-document", persons: int = 1, language: str = "nl"
) -> Appointment:
    """An appointment at ten past eleven."""
    travel = timedelta(minutes=15 if service == "id-card-home-visit" else 0)
    return Appointment(
        1,
        "637838478222",
        Wish(service, persons),
        "pool",
        AT - travel,
        AT + timedelta(minutes=10) + travel,
        "booked",
        language,
        "a-token",
        "+31612345678",
        travel,
    )


def messages() -> Table:
    """The part of the file about messages."""
    found: Table = table()["messages"]
    return found


def test_a_confirmation_says_all() -> None:
    """What, for how many, when, where, what to bring, the number, how to cancel, the calendar."""
    assert texts().about("confirmation", appointment(persons=2)).splitlines() == [
        "Uw afspraak bij de gemeente Leiderdorp staat vast.",
        "Waarvoor: een paspoort of identiteitskaart, voor 2 personen.",
        "Wanneer: dinsdag 1 december 2026 om 11:10 uur.",
        "Waar: Gemeentehuis Leiderdorp, Willem-Alexanderlaan 1, 2351 DZ Leiderdorp.",
        table()["services"]["travel-document"]["bring"]["nl"],
        "Uw afspraaknummer: 637 838 478 222.",
        "Kunt u niet? Antwoord met AFZEGGEN.",
        "Voor uw agenda: https://afspraken.example.nl/appointments/a-token.ics",
    ]


def test_a_confirmation_in_english_says_all() -> None:
    """The same; one person is not counted."""
    assert texts().about("confirmation", appointment("extract", language="en")).splitlines() == [
        "Your appointment with the municipality of Leiderdorp is booked.",
        "For: an extract.",
        "When: Tuesday 1 December 2026 at 11:10.",
        "Where: Town hall of Leiderdorp, Willem-Alexanderlaan 1, 2351 DZ Leiderdorp.",
        "Bring a valid passport, identity card or driving licence.",
        "You can also do this online: www.leiderdorp.nl.",
        "Your appointment number: 637 838 478 222.",
        "Cannot come? Reply CANCEL APPOINTMENT.",
        "For your calendar: https://afspraken.example.nl/appointments/a-token.ics",
    ]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("service", SERVICES)
def test_every_message_is_short_and_says_when(service: str, language: str, kind: str) -> None:
    """In both languages, of each kind, for each service; in letters that a message has room for."""
    body = texts().about(kind, appointment(service, language=language))
    assert 0 < len(body) <= 800 < MOST_CHARACTERS
    assert GSM.fullmatch(body)
    assert "11:10" in body
    assert ("1 december 2026" if language == "nl" else "1 December 2026") in body
    assert (grouped("637838478222") in body) == (kind != "cancellation")
    assert "{" not in body


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("service", PRIVATE)
def test_services_of_care_and_taxes_are_never_named(service: str, language: str, kind: str) -> None:
    """Neither the service, nor its group, nor what to bring for it, nor a link to it online."""
    file = table()
    body = texts().about(kind, appointment(service, language=language))
    words = [file["services"][service][part][language] for part in ("name", "bring")]
    words += [group["name"][language] for group in file["groups"] if group.get("private")]
    assert [said for said in words if said.casefold() in body.casefold()] == []
    assert body == texts().about(kind, appointment("unknown-by-now", language=language))


def test_a_private_service_that_is_online_does_not_say_so() -> None:
    """It would narrow down what the visit is for."""
    services = table()["services"]
    services["transport"]["online"] = True
    assert "online" not in texts(services=services).about("confirmation", appointment("transport"))


def test_a_visit_at_home_is_at_home() -> None:
    """The time is that of the ring at the door, and the place is not the town hall."""
    body = texts().about("confirmation", appointment("id-card-home-visit"))
    assert "Waar: bij u thuis." in body
    assert "Willem-Alexanderlaan" not in body
    assert "11:10 uur" in body


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("nl", "Wij komen op dinsdag 1 december 2026 om 11:10 uur niet bij u thuis."),
        ("en", "We do not come to your home on Tuesday 1 December 2026 at 11:10."),
    ],
)
def test_who_cancels_a_visit_reads_that_we_do_not_come(language: str, words: str) -> None:
    """Whoever cancels another appointment does not come himself."""
    visit = appointment("id-card-home-visit", language=language)
    assert texts().about("cancellation", visit).startswith(words)
    assert words not in texts().about("cancellation", appointment("permit", language=language))


def test_a_visit_that_is_moved_is_at_home_as_before() -> None:
    """Also where the file has changed since, and visitors come to the town hall now."""
    services = table()["services"]
    del services["id-card-home-visit"]["visit"]
    for file in (texts(), texts(services=services)):
        assert "Waar: bij u thuis. Wij komen naar u toe." in file.about(
            "change", appointment("id-card-home-visit")
        )


def test_a_sender_that_is_a_name_cannot_be_answered() -> None:
    """Then the message says where to ring."""
    named = texts(messages=messages() | {"sender": "Leiderdorp"})
    body = named.about("reminder", appointment())
    assert "Kunt u niet? Bel 071 545 8500." in body
    assert "AFZEGGEN" not in body


def test_what_does_not_fit_is_left_out_and_the_number_is_not() -> None:
    """A municipality that lets people bring a great deal still gets its messages sent."""
    services = table()["services"]
    services["permit"]["bring"]["nl"] = "Neem alles mee. " * 100
    body = texts(services=services).about("confirmation", appointment("permit"))
    assert len(body) <= MOST_CHARACTERS
    assert "Neem alles mee" not in body
    assert "637 838 478 222" in body


def test_a_language_that_the_line_has_no_more_is_answered_in_its_first() -> None:
    """An appointment outlives a change of the file."""
    body = texts().about("reminder", appointment(language="fy"))
    assert body == texts().about("reminder", appointment())


def test_summer_time_counts_at_the_day_of_the_appointment() -> None:
    """A message that is sent in winter about a day in summer says the clock time of that day."""
    july = replace(appointment(), starts_at=datetime(2026, 7, 1, 8, 0, tzinfo=UTC))
    assert "woensdag 1 juli 2026 om 10:00 uur" in texts().about("confirmation", july)

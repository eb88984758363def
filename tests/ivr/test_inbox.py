"""Answering a text message calls an appointment off, or gets one helpful answer, never a loop."""

import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count

import pytest

from prompts.writing import grouped
from scheduling.bookings import Appointment
from scheduling.verify import faults
from tests.calling import poster
from tests.conftest import World
from tests.ivr.post import open_in
from tests.texting import MOBILE, OTHER, Visitor, book_of, states, status

HELP = "Dit nummer begrijpt alleen AFZEGGEN."
NOTHING = "Wij vinden bij dit nummer geen afspraak"
WHICH = "Welke afspraak wilt u afzeggen?"
CANCELLED = "is afgezegd."


@dataclass
class Phone:
    """A mobile that sends messages to the line."""

    world: World
    number: str = MOBILE
    sids: Iterator[int] = field(default_factory=lambda: count(1))

    def sends(self, body: str, sid: str | None = None, **more: str) -> str:
        """Sends a message; the answer, empty where there is none."""
        name = sid or f"SM{next(self.sids):032}"
        form = {"MessageSid": name, "From": self.number, "Body": body, **more}
        return self.posts(form)

    def posts(self, form: Mapping[str, str]) -> str:
        """The words of the answer to a request."""
        reply = poster(self.world.app, self.world.parts.signature)("/messages", form)
        assert (reply.status, reply.content_type) == (200, "text/xml; charset=utf-8")
        verbs = list(ET.fromstring(reply.body))  # noqa: S314  our own line's document
        assert [verb.tag for verb in verbs] in ([], ["Message"])
        return "".join(verb.text or "" for verb in verbs)


@pytest.fixture
def phone(worlds: World) -> Phone:
    """The visitor's mobile, on each database."""
    return Phone(worlds)


def told(world: World, *visitors: Visitor, service: str = "travel-document") -> list[Appointment]:
    """Appointments of visitors who have their confirmations."""
    booked = [who.books(world, service, later=2) for who in visitors]
    with open_in(world) as office:
        office.sends_all()
    return booked


def test_afzeggen_cancels_the_one_appointment(phone: Phone) -> None:
    """One answer says so, no further message does, its time is free and no reminder comes."""
    (booked,) = told(phone.world, Visitor())
    answer = phone.sends("Afzeggen aub")
    assert CANCELLED in answer
    assert answer == phone.world.parts.texts.about("cancellation", booked)
    assert status(phone.world, booked) == "cancelled"
    assert states(phone.world.database) == [("confirmation", "sent"), ("reminder", "dropped")]
    with phone.world.database.read() as connection:
        assert faults(connection, phone.world.calendar) == []


def test_the_answer_is_in_the_language_of_the_appointment(phone: Phone) -> None:
    """Whoever booked in English reads English, also after AFZEGGEN."""
    told(phone.world, Visitor(language="en"))
    assert "is cancelled." in phone.sends("AFZEGGEN")


def test_a_retry_gets_the_same_answer_and_nothing_happens_twice(phone: Phone) -> None:
    """Twilio asks again: the second appointment, booked in between, stays."""
    told(phone.world, Visitor())
    first = phone.sends("AFZEGGEN", sid="SM1")
    (second,) = told(phone.world, Visitor())
    assert [phone.sends("AFZEGGEN", sid="SM1") for _ in range(3)] == [first] * 3
    assert status(phone.world, second) == "booked"


def test_retries_at_once_get_the_same_answer(phone: Phone) -> None:
    """Eight requests for one message, before the first is answered."""
    told(phone.world, Visitor())
    with ThreadPoolExecutor(8) as threads:
        answers = set(threads.map(lambda _: phone.sends("AFZEGGEN", sid="SM1"), range(8)))
    assert len(answers) == 1
    assert CANCELLED in answers.pop()


def test_several_appointments_are_asked_for_the_reference(phone: Phone) -> None:
    """None is cancelled until it is said which."""
    one, other = told(phone.world, Visitor(), Visitor())
    answer = phone.sends("AFZEGGEN")
    assert answer.startswith(WHICH)
    assert grouped(one.reference) not in answer
    assert {status(phone.world, each) for each in (one, other)} == {"booked"}
    assert CANCELLED in phone.sends(f"AFZEGGEN {grouped(other.reference)}")
    assert (status(phone.world, one), status(phone.world, other)) == ("booked", "cancelled")


def test_the_reference_alone_is_an_answer_to_the_question_only(phone: Phone) -> None:
    """Nobody cancels by sending his number for another reason."""
    one, _ = told(phone.world, Visitor(), Visitor())
    assert phone.sends(one.reference).startswith(HELP)
    assert status(phone.world, one) == "booked"
    assert phone.sends("AFZEGGEN").startswith(WHICH)
    assert CANCELLED in phone.sends(grouped(one.reference))
    assert status(phone.world, one) == "cancelled"


@pytest.mark.parametrize("change", ["other", "typo", "date"])
def test_a_reference_that_is_not_of_this_mobile_cancels_nothing(phone: Phone, change: str) -> None:
    """Neither that of somebody else, nor a slip; the answer is the same, so nobody learns more."""
    mine, other = told(phone.world, Visitor(), Visitor(OTHER))
    typo = mine.reference[::-1]
    said = {"other": other.reference, "typo": typo, "date": "1 12"}[change]
    assert phone.sends(f"afzeggen {said}").startswith(WHICH)
    assert {status(phone.world, each) for each in (mine, other)} == {"booked"}


def test_an_appointment_of_which_no_message_was_sent_needs_its_reference(phone: Phone) -> None:
    """There is nothing in the thread that proves anything yet."""
    booked = Visitor().books(phone.world, later=2)
    assert phone.sends("AFZEGGEN").startswith(WHICH)
    assert status(phone.world, booked) == "booked"
    assert CANCELLED in phone.sends(f"AFZEGGEN {booked.reference}")


def test_a_number_without_appointments_is_told_once(phone: Phone) -> None:
    """And then no more that day; the next day again."""
    told(phone.world, Visitor(OTHER))
    assert phone.sends("AFZEGGEN").startswith(NOTHING)
    assert [phone.sends("AFZEGGEN") for _ in range(3)] == [""] * 3
    phone.world.clock.passes(days=1, seconds=1)
    assert phone.sends("AFZEGGEN").startswith(NOTHING)


def test_another_message_is_answered_once_a_day(phone: Phone) -> None:
    """An answering machine on the other side is not fed."""
    (booked,) = told(phone.world, Visitor())
    answers = [phone.sends(f"Kan ik om {n} uur komen?") for n in range(20)]
    assert answers[0].startswith(HELP)
    assert answers[1:] == [""] * 19
    assert status(phone.world, booked) == "booked"
    assert CANCELLED in phone.sends("Afzeggen")


def test_whoever_is_asked_which_is_not_asked_for_ever(phone: Phone) -> None:
    """Three slips are answered, and then no more that day; the right reference always is."""
    one, _ = told(phone.world, Visitor(), Visitor())
    answers = [phone.sends("afzeggen 222") for _ in range(6)]
    assert [bool(answer) for answer in answers] == [True] * 3 + [False] * 3
    assert CANCELLED in phone.sends(f"afzeggen {one.reference}")


@pytest.mark.parametrize("body", ["STOP", "Arrêt", "start", "Help"])
def test_what_twilio_answers_itself_gets_no_second_answer(phone: Phone, body: str) -> None:
    """Whoever says STOP hears nothing more from us."""
    assert phone.sends(body) == ""


def test_a_cancellation_that_twilio_took_for_a_stop_still_cancels(phone: Phone) -> None:
    """The one word CANCEL does both, unless the account is told otherwise."""
    (booked,) = told(phone.world, Visitor(language="en"))
    phone.sends("CANCEL", OptOutType="STOP")
    assert status(phone.world, booked) == "cancelled"
    assert phone.sends("opzeggen", OptOutType="STOP") == ""


@pytest.mark.parametrize(
    "number",
    ["+31715458500", "+4915112345678", "Gemeente", "1008", "", "whatsapp:+31612345678", "+316"],
)
def test_only_dutch_mobiles_are_answered(worlds: World, number: str) -> None:
    """No other number ever got a message from us."""
    (booked,) = told(worlds, Visitor())
    assert Phone(worlds, number).sends("AFZEGGEN") == ""
    assert status(worlds, booked) == "booked"


def test_a_past_appointment_is_not_cancelled(phone: Phone) -> None:
    """Once it has begun, nothing is called off any more."""
    (booked,) = told(phone.world, Visitor())
    phone.world.clock.now = booked.ends_at
    assert phone.sends("AFZEGGEN").startswith(NOTHING)
    assert status(phone.world, booked) == "booked"


def test_an_appointment_that_is_moved_at_the_same_time_is_whole(phone: Phone) -> None:
    """Moved by telephone and cancelled by text at once: one after the other, and it adds up."""
    (booked,) = told(phone.world, Visitor())
    cancel = lambda: phone.world.database.transact(  # noqa: E731  two deeds at once
        lambda c: book_of(phone.world, c).cancel(booked)
    )
    with ThreadPoolExecutor(2) as threads:
        answer = threads.submit(phone.sends, "AFZEGGEN")
        other = threads.submit(cancel)
        assert CANCELLED in answer.result() or answer.result().startswith(NOTHING)
        other.exception()
    assert status(phone.world, booked) == "cancelled"
    with phone.world.database.read() as connection:
        assert faults(connection, phone.world.calendar) == []


def test_a_private_service_is_not_named_in_the_answer(phone: Phone) -> None:
    """Also not when it is called off."""
    told(phone.world, Visitor(), service="household-help")
    assert "huishouding" not in phone.sends("AFZEGGEN")


def test_no_number_and_no_word_is_kept(phone: Phone, caplog: pytest.LogCaptureFixture) -> None:
    """Neither in the table nor in the log."""
    caplog.set_level("DEBUG")
    phone.sends("mijn geheim")
    with phone.world.database.read() as connection:
        kept = str(connection.exec_driver_sql("SELECT * FROM replies").all())
    assert kept.count("help") == 1
    for text in (kept, caplog.text):
        assert "geheim" not in text
        assert MOBILE[1:] not in text


def test_the_messages_of_long_ago_are_forgotten(phone: Phone) -> None:
    """A day later only the newest is known."""
    for n in range(3):
        phone.sends(f"hallo {n}")
    phone.world.clock.passes(days=1, seconds=1)
    phone.sends("hallo")
    with phone.world.database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM replies").scalar_one() == 1

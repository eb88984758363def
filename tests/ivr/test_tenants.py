"""Two municipalities in one installation: the number chooses, and neither sees the other."""

import json
import logging
import re
import shutil
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import BoundedSemaphore

import pytest
from werkzeug.test import Client

from app import entrance, installed
from ivr.carrier import PhoneCall, Post, Reply
from ivr.handover_tokens import HEADER, token
from ivr.logs import MUNICIPALITY, JSONLines
from ivr.sender import Sender
from ivr.server import THREADS
from ivr.settings import Settings
from ivr.signature import Signature
from scheduling.database import Database
from scheduling.handovers import Handover, make
from scheduling.verify import faults
from tests import postgres
from tests.calling import PASSPORT, hears, key_in, press_all
from tests.conftest import BACKENDS, Clock, World
from tests.ivr.looking import booked, held
from tests.postgres import Server
from tests.tenants import LINES, NOBODYS, SENDERS, URL, Towns, publish_book, write
from tests.texting import MOBILE, Visitor, status
from tests.web.employee import PASSWORD, Employee, at_work, hire

TOKEN = "the-token-of-an-account-that-both-have"  # noqa: S105  of no account
BOTH = ("leiderdorp", "katwijk")
OTHER = {"leiderdorp": "katwijk", "katwijk": "leiderdorp"}
NOBODY_LISTENS = "postgresql://line@127.0.0.1:1/line"
NOT_SET_UP = "Dit nummer is niet goed ingesteld."


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Books of both, made once, of which every test gets copies."""
    folder = tmp_path_factory.mktemp("published")
    write(folder / "municipalities")
    for name in BOTH:
        url = f"sqlite:///{folder / name}.sqlite3"
        publish_book(url, name, folder / "municipalities")
    return folder


@pytest.fixture
def towns(published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Towns]:
    """Leiderdorp and Katwijk on one account of Twilio's."""
    with started(published, tmp_path, monkeypatch) as found:
        yield found


@pytest.fixture
def apart(published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Towns]:
    """The same, each on an account of its own."""
    accounts = {name: f"TWILIO_AUTH_TOKEN=the-token-of-{name}\n" for name in BOTH}
    with started(published, tmp_path, monkeypatch, accounts) as found:
        yield found


@pytest.fixture(scope="session")
def on_a_server(postgresql: Server, published: Path) -> dict[str, str]:
    """Databases with the books of both on PostgreSQL, to be copied too."""
    made = {name: postgresql.create() for name in BOTH}
    for name, book in made.items():
        publish_book(postgresql.url(book), name, published / "municipalities")
    return made


@pytest.fixture(params=BACKENDS)
def books_of_both(
    request: pytest.FixtureRequest,
    published: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Towns]:
    """Leiderdorp and Katwijk, once on each database."""
    settings, made = {}, []
    if request.param == "postgresql":
        server: Server = request.getfixturevalue("postgresql")
        for name, template in request.getfixturevalue("on_a_server").items():
            made.append(server.create(template))
            settings[name] = f"DATABASE_URL={server.url(made[-1])}\n"
    with started(published, tmp_path, monkeypatch, settings) as found:
        yield found
    for book in made:
        request.getfixturevalue("postgresql").drop(book)


@contextmanager
def started(
    published: Path,
    folder: Path,
    environment: pytest.MonkeyPatch,
    settings: Mapping[str, str] | None = None,
    url: str = URL,
) -> Iterator[Towns]:
    """The installation in a folder, with settings of each."""
    for name in Settings.model_fields:
        environment.delenv(name.upper(), raising=False)
    environment.chdir(folder)
    environment.setenv("MUNICIPALITIES", str(write(folder / "municipalities", settings)))
    environment.setenv("PUBLIC_URL", url)
    environment.setenv("TWILIO_AUTH_TOKEN", TOKEN)
    for name in BOTH:
        (folder / "instance" / name).mkdir(parents=True)
        shutil.copy(published / f"{name}.sqlite3", folder / "instance" / name / "line.sqlite3")
    found = Towns.of(installed(folder / "instance"), Clock())
    yield found
    for world in found.worlds.values():
        world.database.close()


@pytest.fixture
def here(towns: Towns) -> World:
    """Leiderdorp."""
    return towns.worlds["leiderdorp"]


@pytest.fixture
def there(towns: Towns) -> World:
    """Katwijk."""
    return towns.worlds["katwijk"]


def books(call: PhoneCall, keys: str = PASSPORT + "1") -> None:
    """Presses keys up to the booking."""
    press_all(call, keys)
    assert hears(call, "staat vast") or hears(call, "is booked"), call.heard


def adds_up(world: World) -> bool:
    """Whether what is taken is what is booked."""
    with world.database.read() as connection:
        return faults(connection, world.calendar) == []


def test_the_number_dialled_chooses_the_municipality(towns: Towns, here: World) -> None:
    """All numbers are set to one address; each is answered in its own words and language."""
    call = towns.rings("leiderdorp")
    assert hears(call, "Dit is de afsprakenlijn van de gemeente Leiderdorp.")
    other = towns.rings("katwijk")
    assert hears(other, "the appointment line of the municipality of Katwijk")
    press_all(other, "1")
    assert hears(other, "a fishing licence")
    other.hang_up()
    books(call)
    assert [entry.channel for entry in booked(here)] == ["telephone"]


def test_a_booking_stands_in_the_book_of_the_number_dialled(books_of_both: Towns) -> None:
    """Both books are whole, and what is taken in the one is free in the other."""
    towns = books_of_both
    here, there = (towns.worlds[name] for name in BOTH)
    for _ in range(3):
        books(towns.rings("leiderdorp"))
    assert (len(booked(here)), len(booked(there))) == (3, 0)
    books(towns.rings("katwijk"))
    assert (len(booked(here)), len(booked(there))) == (3, 1)
    assert min(each.starts_at for each in booked(here)) == booked(there)[0].starts_at
    assert adds_up(here)
    assert adds_up(there)


@pytest.mark.parametrize("name", BOTH)
def test_everything_that_a_call_leads_to_is_below_its_name(towns: Towns, name: str) -> None:
    """Wherever the first request came, from the second on it is the municipality's own address."""
    call = towns.rings(name)
    press_all(call, PASSPORT)
    paths = re.findall(r'action="([^"]+)"', call.last_reply.body.decode())
    assert paths
    assert all(path.startswith(f"/{name}/voice/turns/") for path in paths)
    assert call.last_request[0].startswith(f"/{name}/voice/turns/")


def test_a_number_may_also_be_set_to_the_address_of_its_municipality(
    towns: Towns, there: World
) -> None:
    """As `flask twilio connect` does for each."""
    books(towns.rings("katwijk", "/katwijk/voice"))
    assert len(booked(there)) == 1


def test_hanging_up_frees_what_was_held_wherever_it_is_told(towns: Towns, here: World) -> None:
    """The status callback at the shared address finds the municipality by the number too."""
    call = towns.rings("leiderdorp")
    press_all(call, "111")
    assert held(here)
    call.hang_up()
    assert not held(here)


def test_twilios_fallback_at_the_shared_address_goes_on_with_the_call(towns: Towns) -> None:
    """A live call goes on where it was, at the municipality whose number was dialled."""
    call = towns.rings("katwijk")
    press_all(call, "1")
    call.is_sent_to("/voice/fallback")
    assert hears(call, "We go on where you were.")
    assert hears(call, "a fishing licence")


def test_an_agents_code_is_keyed_in_at_the_number_of_his_municipality(
    towns: Towns, here: World
) -> None:
    """The second number is chosen by the number dialled as well."""
    code = made(here)
    call = towns.caller("leiderdorp")
    call.line = "+31715458502"
    call.ring("/voice/handover")
    key_in(call, code)
    assert hears(call, "twee personen")


def made(world: World) -> str:
    """The code of a handover."""
    handover = Handover("travel-document", 2, agent="anna")
    return world.database.transact(lambda c: make(c, handover, world.clock()))


# What one municipality has opens nothing at another.


def test_a_reference_of_one_is_unknown_at_the_other(books_of_both: Towns) -> None:
    """Whoever keys it in at the other number is told that nobody knows it."""
    towns = books_of_both
    here = towns.worlds["leiderdorp"]
    books(towns.rings("leiderdorp"))
    reference = booked(here)[0].reference or ""
    own = towns.rings("leiderdorp")
    own.press("5")
    key_in(own, reference)
    assert hears(own, "U heeft een afspraak voor een paspoort")
    call = towns.rings("katwijk")
    call.press("5")
    key_in(call, reference)
    heard = " ".join(what for _, what in call.transcript)
    assert "We do not know this appointment number." in heard
    assert "You have an appointment" not in heard


def test_a_call_of_one_is_no_call_at_the_other(books_of_both: Towns) -> None:
    """Its next request, sent to the other's address and signed by the account that both have.

    To the number of the one it is refused; as if to the other's, it is greeted there as a new call.
    """
    towns = books_of_both
    here, there = (towns.worlds[name] for name in BOTH)
    call = towns.rings("leiderdorp")
    press_all(call, "11")
    path, form = call.last_request
    elsewhere = path.replace("leiderdorp", "katwijk")
    assert NOT_SET_UP in towns.asks(elsewhere, form).body.decode()
    answer = towns.asks(elsewhere, form | {"To": LINES["katwijk"]}).body.decode()
    assert "municipality of Katwijk" in answer
    assert "paspoort" not in answer
    assert not booked(there)
    press_all(call, "111")
    assert hears(call, "Uw afspraak staat vast")
    assert len(booked(here)) == 1


def test_hanging_up_at_the_other_ends_nothing(towns: Towns, here: World) -> None:
    """The end of a call, told to another municipality, frees nothing that is held here."""
    call = towns.rings("leiderdorp")
    press_all(call, "111")
    form = call.last_request[1] | {"CallStatus": "completed"}
    assert towns.asks("/katwijk/voice/status", form).status == 204
    assert held(here)


def test_a_code_of_one_is_unknown_at_the_other(towns: Towns, here: World) -> None:
    """An agent who rings the second number of another municipality hears that nobody knows it."""
    code = made(here)
    call = towns.caller("katwijk")
    call.line = "+31714061002"
    call.ring("/voice/handover")
    key_in(call, code)
    assert hears(call, "We do not know this code.")


def test_a_signed_handover_of_one_is_not_believed_at_the_other(
    towns: Towns, here: World, there: World
) -> None:
    """Although both have one auth token, and even where both have the same code."""
    code = made(here)
    assert made(there)
    until = towns.clock() + timedelta(minutes=10)
    header = token(code, here.parts.handover_secret, until)
    call = towns.caller("katwijk", headers={HEADER: header})
    call.ring("/katwijk/voice/handover")
    assert hears(call, "municipality of Katwijk")
    own = towns.caller("leiderdorp", headers={HEADER: header})
    own.ring("/leiderdorp/voice/handover")
    assert hears(own, "Ik noem de eerste tijden")


def browser(world: World, towns: Towns) -> Employee:
    """An employee at the public address, with nothing but what Twilio's path has in front."""
    employee = Employee(world.app)
    employee.client = Client(towns.entrance)  # type: ignore[assignment]  # the same, less a method
    return employee


def test_a_session_of_one_is_none_at_the_other(here: World, there: World) -> None:
    """The cookie has another name and another signature; renamed it opens nothing either."""
    agent = at_work(here)
    cookie = agent.client.get_cookie("__Host-session-leiderdorp")
    assert cookie
    thief = Employee(there.app)
    thief.client.set_cookie("__Host-session-katwijk", cookie.value, secure=True)
    thief.client.set_cookie(cookie.key, cookie.value, secure=True)
    thief.looks_at("/agent")
    assert "Aanmelden" in thief.text
    assert "Nieuwe afspraak" not in thief.text


def test_an_account_of_one_is_none_at_the_other(here: World, there: World) -> None:
    """Fatima of Leiderdorp, with her right password."""
    hire(here)
    assert Employee(there.app).signs_in() == 401
    assert Employee(here.app).signs_in() == 200


def test_an_agent_finds_no_appointment_of_the_other(
    towns: Towns, here: World, there: World
) -> None:
    """Neither on the page of its reference, nor among the calls that are going on."""
    books(towns.rings("leiderdorp"))
    waiting = towns.rings("leiderdorp")
    press_all(waiting, "11")
    found = f"/agent/appointments/{booked(here)[0].reference}"
    stranger, own = at_work(there), at_work(here)
    assert (stranger.looks_at(found), own.looks_at(found)) == (404, 200)
    stranger.looks_at("/agent")
    own.looks_at("/agent")
    step = "kiest het aantal personen"
    assert (step in stranger.text, step in own.text) == (False, True)


def test_links_of_the_pages_are_below_the_name(towns: Towns, here: World) -> None:
    """Through the entrance too, at the path that browsers ask for."""
    hire(here)
    employee = browser(here, towns)
    employee.looks_at("/leiderdorp/staff/sign-in")
    token_ = employee.token
    sent = {"csrf_token": token_, "name": "Fatima", "password": PASSWORD}
    answer = employee.client.post("/leiderdorp/staff/sign-in", data=sent)
    assert answer.headers["Location"] in {"/leiderdorp/agent", "/leiderdorp/staff/sign-in"}
    found = re.findall(r'(?:href|src|action)="(/[^"]*)"', employee.page)
    assert found
    assert all(each.startswith("/leiderdorp/") for each in found)


def test_a_calendar_file_of_one_is_not_found_at_the_other(towns: Towns, here: World) -> None:
    """The link in a message leads to the municipality that sent it, and to nothing elsewhere."""
    appointment = Visitor().books(here)
    text = here.parts.texts.about("confirmation", appointment)
    (link,) = re.findall(rf"{URL}(/\S+\.ics)", text)
    assert link.startswith("/leiderdorp/appointments/")
    client = Client(towns.entrance)
    assert client.get(link).status_code == 200
    assert client.get(link.replace("leiderdorp", "katwijk")).status_code == 404


def message(towns: Towns, to: str, path: str = "/messages") -> str:
    """What is answered to a mobile that sends AFZEGGEN to a number."""
    form = {"MessageSid": "SM" + "1" * 32, "From": MOBILE, "To": to, "Body": "AFZEGGEN"}
    reply = towns.asks(path, form)
    assert (reply.status, reply.content_type) == (200, "text/xml")
    return reply.body.decode()


def test_a_message_calls_off_at_the_municipality_that_it_was_sent_to(books_of_both: Towns) -> None:
    """The mobile has an appointment at each; only that of the number is looked for."""
    towns = books_of_both
    here, there = (towns.worlds[name] for name in BOTH)
    first, second = Visitor().books(here), Visitor().books(there)
    for world in (here, there):
        confirm(world)
    message(towns, SENDERS["katwijk"])
    assert (status(here, first), status(there, second)) == ("booked", "cancelled")


def test_a_message_to_the_other_finds_nothing(towns: Towns, here: World) -> None:
    """The mobile has an appointment at one municipality, and writes to the other."""
    appointment = Visitor().books(here)
    confirm(here)
    assert "Wij vinden bij dit nummer geen afspraak" in message(towns, SENDERS["katwijk"])
    assert status(here, appointment) == "booked"


def confirm(world: World) -> None:
    """Sends what is in the outbox, to nobody."""
    post = Sender(world.database, world.parts.texts, world.parts.demo_messages, world.clock)
    while post.send_next() == 0:
        pass


def test_a_message_that_was_led_to_the_wrong_one_calls_nothing_off(
    towns: Towns, here: World, there: World, caplog: pytest.LogCaptureFixture
) -> None:
    """Whoever wanted to cancel hears that he has not, and an alarm goes off without his number."""
    first, second = Visitor().books(here), Visitor().books(there)
    for world in (here, there):
        confirm(world)
    caplog.clear()
    answer = message(towns, SENDERS["leiderdorp"], "/katwijk/messages")
    assert "Uw afspraak is niet afgezegd." in answer
    assert (status(here, first), status(there, second)) == ("booked", "booked")
    assert [each.levelname for each in caplog.records if each.name == "ivr.numbers_dialled"]
    assert MOBILE[3:] not in caplog.text


# Numbers that are set wrongly, and requests that nobody signed.


@pytest.mark.parametrize("path", ["/voice", "/voice/handover", "/voice/fallback"])
def test_a_number_that_nobody_has_is_told_so(
    towns: Towns, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Nobody is left in silence: a sentence in Dutch and in English, and an alarm."""
    call = towns.caller("leiderdorp")
    call.line = NOBODYS
    call.ring(path)
    assert hears(call, NOT_SET_UP)
    assert hears(call, "This number is not set up correctly.")
    assert call.over
    (record,) = (each for each in caplog.records if each.levelno == logging.ERROR)
    assert call.sid in record.getMessage()
    assert call.number[3:] not in caplog.text


@pytest.mark.parametrize("path", ["/voice", "/voice/status", "/messages", "/messages/status"])
@pytest.mark.parametrize("to", [NOBODYS, LINES["katwijk"], ""])
def test_what_twilio_did_not_sign_is_refused_without_a_word(
    towns: Towns, path: str, to: str
) -> None:
    """Whichever number it names."""
    form = {"CallSid": "CA1", "MessageSid": "SM1", "To": to, "From": to}
    answer = Client(towns.entrance).post(path, data=form, headers={"X-Twilio-Signature": "x"})
    assert (answer.status_code, answer.data) == (403, b"")


@pytest.mark.parametrize("path", ["/voice/status", "/messages/status", "/messages"])
def test_nobodys_number_needs_no_answer_to_the_rest(towns: Towns, path: str) -> None:
    """A status is taken note of; a message is answered by nobody."""
    reply = towns.asks(path, {"CallSid": "CA1", "MessageSid": "SM1", "To": NOBODYS})
    assert reply.status == 204 or b"<Message" not in reply.body


@pytest.mark.parametrize("name", BOTH)
def test_a_number_that_is_led_to_the_wrong_one_is_told_so(
    towns: Towns, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The caller wanted somebody else: he books nothing at the wrong town hall."""
    call = towns.rings(name, f"/{OTHER[name]}/voice")
    assert hears(call, NOT_SET_UP)
    assert call.over
    assert any(each.levelno == logging.ERROR for each in caplog.records)


def test_a_call_by_sip_is_answered_at_the_address_of_its_municipality(towns: Towns) -> None:
    """Its To is no number, so the shared address cannot know."""
    call = towns.caller("katwijk")
    call.line = "sip:lijn@katwijk.sip.twilio.com"
    call.ring("/katwijk/voice")
    assert hears(call, "municipality of Katwijk")
    lost = towns.caller("katwijk")
    lost.line = call.line
    lost.ring()
    assert hears(lost, NOT_SET_UP)


@pytest.mark.parametrize("path", ["/voice", "/leiderdorp/voice"])
def test_the_account_of_one_signs_nothing_for_the_other(apart: Towns, path: str) -> None:
    """Each municipality counts its own tokens only."""
    form = {"CallSid": "CA1", "From": MOBILE, "To": LINES["leiderdorp"], "CallStatus": "ringing"}
    assert apart.asks(path, form, by="leiderdorp").status == 200
    assert apart.asks(path, form, by="katwijk").status == 403


def test_the_shared_address_may_have_a_path(
    published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy may take it off its requests, or leave it on; answers always have it."""
    below = "https://example.nl/afspraken"
    with started(published, tmp_path, monkeypatch, url=below) as found:
        form = {"CallSid": "CA1", "From": MOBILE, "To": LINES["katwijk"], "CallStatus": "ringing"}
        for path in ("/voice", "/katwijk/voice"):
            told = Signature.of(below, (TOKEN,)).sign(path, form)
            for before in ("", "/afspraken"):
                headers = {"X-Twilio-Signature": told}
                client = Client(found.entrance)
                answer = client.post(before + path, data=form, headers=headers)
                assert answer.status_code == 200
                assert 'action="/afspraken/katwijk/voice/turns/1"' in answer.text


def test_a_signature_for_one_address_is_none_at_another(towns: Towns) -> None:
    """What was signed for the shared address is not good at that of a municipality, nor back."""
    form = {"CallSid": "CA1", "From": MOBILE, "To": LINES["leiderdorp"], "CallStatus": "ringing"}
    signed = towns.signature("leiderdorp")
    for path, other in (("/voice", "/leiderdorp/voice"), ("/leiderdorp/voice", "/voice")):
        headers = {"X-Twilio-Signature": signed.sign(other, form)}
        assert Client(towns.entrance).post(path, data=form, headers=headers).status_code == 403
    header = {"X-Twilio-Signature": signed.sign("/voice", form), "Line.Asked-At": URL}
    answer = Client(towns.entrance).post("/leiderdorp/voice", data=form, headers=header)
    assert answer.status_code == 403


def test_a_request_that_is_too_large_is_refused(towns: Towns) -> None:
    """Before it is known for whom it is."""
    answer = Client(towns.entrance).post("/voice", data={"To": "x" * 200_000})
    assert (answer.status_code, answer.data) == (413, b"")


# How they are, together and each.


def looks(towns: Towns, path: str) -> tuple[int, dict[str, object]]:
    """The answer to whoever watches."""
    answer = Client(towns.entrance).get(path)
    return answer.status_code, json.loads(answer.text)


def test_machines_that_watch_see_all_of_them_and_each(towns: Towns) -> None:
    """At the shared address and below each name."""
    assert looks(towns, "/health") == (200, {"status": "alive"})
    every = {"leiderdorp": None, "katwijk": None}
    assert looks(towns, "/ready") == (200, {"status": "ready", "municipalities": every})
    assert looks(towns, "/katwijk/ready") == (200, {"status": "ready", "reason": None})
    client = Client(towns.entrance)
    assert "line_requests_total" in client.get("/metrics").text
    assert client.get("/katwijk/metrics").status_code == 404
    assert client.get("/nowhere/ready").status_code == 404


def away(towns: Towns, *names: str) -> Towns:
    """The same, with the books of some on a server where nobody listens."""
    return on(towns, **{name: Database(NOBODY_LISTENS) for name in names})


def on(towns: Towns, **databases: Database) -> Towns:
    """The same, with other books for some."""
    every = [
        replace(world.parts, database=databases.get(name, world.database))
        for name, world in towns.worlds.items()
    ]
    made = entrance(every)
    worlds = {each.name: World(each, made.apps[each.name], towns.clock) for each in every}
    return Towns(made, worlds, towns.clock)


def test_a_book_that_is_away_disturbs_nobody_else(books_of_both: Towns) -> None:
    """Its callers hear an apology and reach its own employee; the others book on."""
    half = away(books_of_both, "leiderdorp")
    call = half.caller("leiderdorp", agents=("completed",))
    call.ring()
    heard = " ".join(what for who, what in call.transcript if who == "line")
    assert heard.startswith("Sorry, er ging iets mis.")
    assert call.dialled == ["+31715458501"]
    books(half.rings("katwijk"))
    assert len(booked(half.worlds["katwijk"])) == 1
    reasons = {"leiderdorp": "the database does not answer", "katwijk": None}
    told = {"status": "partly ready", "municipalities": reasons}
    assert looks(half, "/ready") == (200, told)
    assert looks(half, "/leiderdorp/ready")[0] == 503
    half.worlds["leiderdorp"].database.close()


def test_a_book_that_hangs_keeps_nobody_else_from_booking(towns: Towns, published: Path) -> None:
    """Its server is frozen, and as many of its callers ring as a worker has threads."""
    with postgres.running() as server:
        name = server.create()
        publish_book(server.url(name), "leiderdorp", published / "municipalities")
        frozen = Database(server.url(name))
        frozen.hurry()
        half = on(towns, leiderdorp=frozen)
        calls = [half.rings("leiderdorp") for _ in range(THREADS)]
        other = half.rings("katwijk")
        threads = BoundedSemaphore(THREADS)
        for call in (*calls, other):
            call.post = within(threads, call.post)
        with server.frozen(), ThreadPoolExecutor(THREADS) as callers:
            pressing = [callers.submit(call.press, "1") for call in calls]
            books(other)
            for each in pressing:
                each.result()
            books(half.rings("katwijk"))
            assert looks(half, "/ready")[1]["status"] == "partly ready"
        apologies = [" ".join(what for _, what in call.transcript) for call in calls]
        assert all("Sorry, er ging iets mis." in heard for heard in apologies)
        frozen.close()
    assert len(booked(half.worlds["katwijk"])) == 2


def within(threads: BoundedSemaphore, post: Post) -> Post:
    """Posts to a worker that has so many threads."""

    def posting(path: str, form: Mapping[str, str]) -> Reply:
        with threads:
            return post(path, form)

    return posting


def test_all_that_are_away_are_not_ready(towns: Towns) -> None:
    """Then the installation can be taken out of service."""
    none = away(towns, *BOTH)
    code, told = looks(none, "/ready")
    assert (code, told["status"]) == (503, "not ready")
    for world in none.worlds.values():
        world.database.close()


def test_a_log_line_says_whose_it_is(towns: Towns, caplog: pytest.LogCaptureFixture) -> None:
    """Each line of a request has the name of its municipality, and no other has one."""
    caplog.handler.setFormatter(JSONLines())
    with caplog.at_level(logging.INFO):
        towns.rings("katwijk").hang_up()
        towns.rings("leiderdorp").hang_up()
    lines = [json.loads(line) for line in caplog.text.splitlines() if line.startswith("{")]
    assert {line["municipality"] for line in lines} == set(BOTH)
    assert MUNICIPALITY.get() == ""

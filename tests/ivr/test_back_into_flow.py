"""One click of an agent sends a caller back into the flow, whatever Twilio and the network do."""

import logging
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace

import pytest
from msgspec import structs
from pydantic import SecretStr

from ivr import waiting
from ivr.back_into_flow import BackIntoFlow, Outcome
from ivr.carrier import TALKING, PhoneCall
from ivr.settings import Settings
from ivr.twilio_account import Patience
from scheduling.database import Database
from scheduling.errors import DatabaseAway
from scheduling.handovers import Handover, handovers, note_for
from tests import twilio_api
from tests.calling import hears, press_all
from tests.conftest import World
from tests.ivr.looking import adds_up, booked, held
from tests.outside.running import wait_for
from tests.outside.test_health import NOBODY_LISTENS
from tests.twilio_api import (
    ACCOUNT,
    DRIBBLING,
    DROPPED_AFTER,
    DROPPED_BEFORE,
    FAILED_AFTER,
    FAILED_BEFORE,
    SILENT_AFTER,
    SILENT_BEFORE,
    TOKEN,
    Move,
    TwilioApi,
    refused,
    too_many,
)
from tests.twilio_calls import COMPLETED, IN_PROGRESS

PUBLIC_URL = "https://afspraken.example.nl"
PAIR = Handover("travel-document", 2, note="in een rolstoel", agent="anna")
QUICK = Patience(total=3, answer=0.3, pause=0.01)
LONGEST = 10
"""Seconds after which nobody waits on the slowest machine, were it not for a fault."""


@dataclass
class Exchange:
    """A line, Twilio, and what sends callers back."""

    world: World
    api: TwilioApi
    back: BackIntoFlow

    def talks(self, keys: str = "0", **how: object) -> PhoneCall:
        """A caller who came through 0, and talks with an agent."""
        call = self.world.rings(agents=(TALKING,), **how)
        press_all(call, keys)
        self.api.calls.status[call.sid] = IN_PROGRESS
        return call

    def carries_out(self, call: PhoneCall) -> list[bytes]:
        """Twilio sends the caller where it was told to, as often as it was; what each answers."""
        answers = []
        for sid, url in self.api.calls.sent_to:
            assert sid == call.sid
            call.is_sent_to(url.removeprefix(PUBLIC_URL))
            answers.append(call.last_reply.body)
        return answers


@contextmanager
def exchange_in(world: World, token: str = TOKEN) -> Iterator[Exchange]:
    """A line with an account, and Twilio."""
    with twilio_api.running(world.clock) as api:
        settings = Settings(
            _env_file=None,  # type: ignore[call-arg]
            twilio_account_sid=ACCOUNT,
            twilio_auth_token=SecretStr(token),
            twilio_api_url=api.url,
            public_url=PUBLIC_URL,
        )
        back = replace(world.parts, settings=settings).back_into_flow
        yield Exchange(world, api, replace(back, patience=QUICK))


@pytest.fixture
def exchange(world: World) -> Iterator[Exchange]:
    """One on SQLite."""
    with exchange_in(world) as found:
        yield found


def made(database: Database) -> int:
    """How many handovers there are."""
    with database.read() as connection:
        return len(connection.execute(handovers.select()).all())


def test_the_caller_s_next_words_are_the_first_free_times(worlds: World) -> None:
    """Nothing is asked that the agent filled in; two keys later it is booked, with his note."""
    with exchange_in(worlds) as exchange:
        call = exchange.talks("10")
        back = exchange.back.send(call.sid, PAIR)
        assert back.outcome is Outcome.SENT
        exchange.carries_out(call)
    assert hears(call, "Ik noem de eerste tijden")
    assert len(held(worlds)) == 3
    press_all(call, "11")
    (entry,) = booked(worlds)
    assert (entry.service, entry.persons) == ("travel-document", 2)
    with worlds.database.read() as connection:
        assert note_for(connection, entry.reference or "") == PAIR.note
        sql = "SELECT mobile FROM appointments WHERE status = 'booked'"
        assert connection.exec_driver_sql(sql).scalar() == call.number
    assert adds_up(worlds)


def test_an_appointment_there_is_and_another_language(exchange: Exchange) -> None:
    """As at every handover."""
    press_all(exchange.world.rings(), "11111")
    (entry,) = booked(exchange.world)
    call = exchange.talks()
    exchange.back.send(call.sid, Handover(reference=entry.reference, language="en"))
    exchange.carries_out(call)
    assert hears(call, "You have an appointment")


def test_twilio_is_told_where_to_go_when_something_goes_wrong(exchange: Exchange) -> None:
    """It asks again where it cannot connect, and has another address where that does not help."""
    forms = []
    update = exchange.api.calls.update
    exchange.api.calls.update = lambda sid, form: (  # type: ignore[method-assign]
        forms.append(form) or update(sid, form)  # type: ignore[func-returns-value]
    )
    exchange.back.send(exchange.talks().sid, PAIR)
    (form,) = forms
    assert form["Url"].startswith(f"{PUBLIC_URL}/voice/handover?token=")
    assert form["Url"].endswith(retried := "#rc=2&rt=4000&rp=ct,rt,5xx")
    assert (form["Method"], form["FallbackMethod"]) == ("POST", "POST")
    assert form["FallbackUrl"] == f"{PUBLIC_URL}/voice/fallback{retried}"


def test_the_handover_is_on_the_disk_before_twilio_is_asked(worlds: World) -> None:
    """Twilio may send the caller before it answers."""
    with exchange_in(worlds) as exchange:
        seen = []
        exchange.api.calls.on_update = lambda: seen.append(made(worlds.database))
        exchange.back.send(exchange.talks().sid, PAIR)
    assert seen == [1]


def test_who_has_hung_up_meanwhile_is_gone(exchange: Exchange) -> None:
    """That is no fault: the log has no error, and Twilio is asked once."""
    call = exchange.talks()
    exchange.api.calls.status[call.sid] = COMPLETED
    exchange.world.database.transact(lambda c: waiting.wait(c, call.sid, exchange.world.clock()))
    exchange.world.database.transact(
        lambda c: waiting.accepted(c, call.sid, exchange.world.clock())
    )
    assert exchange.back.send(call.sid, PAIR).outcome is Outcome.GONE
    assert len(exchange.api.asked) == 1
    with exchange.world.database.read() as connection:
        assert waiting.talking(connection, exchange.world.clock()) == set()


def test_no_more_than_three_wait_for_twilio(exchange: Exchange) -> None:
    """Whoever clicks besides is told at once: the other threads of the worker answer callers."""
    call = exchange.talks()
    exchange.api.updates.extend([SILENT_BEFORE] * 3)
    with ThreadPoolExecutor(3) as agents:
        waits = [agents.submit(exchange.back.send, call.sid, PAIR) for _ in range(3)]
        wait_for(lambda: len(exchange.api.asked) == 3)
        assert exchange.back.repeat(call.sid, "123456789") is Outcome.AWAY
        assert len(exchange.api.asked) == 3
        exchange.api.over.set()
        assert {each.result().outcome for each in waits} <= {Outcome.AWAY, Outcome.SENT}


def test_a_call_that_twilio_does_not_know_is_gone(exchange: Exchange) -> None:
    """So long is it over, or so wrong its id."""
    call = exchange.talks()
    exchange.api.calls.status.clear()
    assert exchange.back.send(call.sid, PAIR).outcome is Outcome.GONE


@pytest.mark.parametrize("sid", ["CA" + "0" * 32, "../Messages", "", "CA1\n", "a" * 99])
def test_a_call_that_never_came_to_this_line_is_gone(exchange: Exchange, sid: str) -> None:
    """Nothing is noted, and Twilio is not asked."""
    back = exchange.back.send(sid, PAIR)
    assert (back.outcome, back.code) == (Outcome.GONE, "")
    assert made(exchange.world.database) == 0
    assert exchange.api.asked == []


def test_nothing_but_an_id_of_twilio_s_is_written_into_the_address(exchange: Exchange) -> None:
    """Though a call with such an id has come in, from a stand-in of Twilio."""
    call = exchange.world.caller()
    call.sid = "CA-_-"
    call.ring()
    assert exchange.back.send(call.sid, PAIR).outcome is Outcome.GONE
    assert exchange.api.asked == []


@pytest.mark.parametrize(
    "moves",
    [
        [too_many()],
        [too_many("0"), too_many()],
        [FAILED_BEFORE],
        [FAILED_AFTER],
        [Move(takes=False, status=502)],
        [DROPPED_BEFORE],
        [DROPPED_AFTER],
        [SILENT_BEFORE],
        [SILENT_AFTER],
        [Move(text="<html>")],
        [DROPPED_AFTER, FAILED_AFTER, too_many()],
    ],
    ids=lambda moves: "-".join(f"{move.status}{move.takes:d}{move.silent:d}" for move in moves),
)
def test_network_trouble_is_repeated_safely(worlds: World, moves: list[Move]) -> None:
    """Twilio may send the caller twice: the token works once, and its repeat says the same."""
    with exchange_in(worlds) as exchange:
        exchange.api.updates.extend(moves)
        call = exchange.talks()
        assert exchange.back.send(call.sid, PAIR).outcome is Outcome.SENT
        answers = exchange.carries_out(call)
    assert len(answers) == 1 + sum(move.takes for move in moves)
    assert len(set(answers)) == 1
    assert hears(call, "Ik noem de eerste tijden")
    assert (made(worlds.database), len(held(worlds))) == (1, 3)
    press_all(call, "11")
    assert len(booked(worlds)) == 1
    assert adds_up(worlds)


def test_a_late_repeat_disturbs_nobody_who_has_gone_on(exchange: Exchange) -> None:
    """Who has chosen a time by then hears once more whether it is right, and books it."""
    exchange.api.updates.append(DROPPED_AFTER)
    call = exchange.talks()
    exchange.back.send(call.sid, PAIR)
    first, second = exchange.api.calls.sent_to
    call.is_sent_to(first[1].removeprefix(PUBLIC_URL))
    call.press("1")
    call.is_sent_to(second[1].removeprefix(PUBLIC_URL))
    assert hears(call, "Klopt dit?")
    call.press("1")
    assert len(booked(exchange.world)) == 1


@pytest.mark.parametrize(
    "move",
    [too_many(), too_many("60"), FAILED_BEFORE, DROPPED_BEFORE, SILENT_BEFORE, DRIBBLING],
    ids=["429", "429 for a minute", "500", "dropped", "silent", "dribbling"],
)
def test_a_page_does_not_wait_long_for_a_twilio_that_is_away(
    exchange: Exchange, caplog: pytest.LogCaptureFixture, move: Move
) -> None:
    """Also where bytes of an answer come and come; later the same code can be sent again."""
    exchange.api.chooses = lambda: move
    call = exchange.talks()
    started = time.monotonic()
    back = replace(exchange.back, patience=replace(QUICK, total=1)).send(call.sid, PAIR)
    assert time.monotonic() - started < LONGEST
    assert back.outcome is Outcome.AWAY
    assert "not sent back" in caplog.text
    exchange.api.chooses = Move
    exchange.api.calls.sent_to.clear()
    assert exchange.back.repeat(call.sid, back.code) is Outcome.SENT
    exchange.carries_out(call)
    assert hears(call, "Ik noem de eerste tijden")


def test_who_is_told_to_wait_a_minute_does_not_ask_before(exchange: Exchange) -> None:
    """Nor does the page wait for it."""
    exchange.api.updates.append(too_many("60"))
    assert exchange.back.send(exchange.talks().sid, PAIR).outcome is Outcome.AWAY
    assert len(exchange.api.asked) == 1


def test_a_network_that_is_down_is_a_twilio_that_is_away(exchange: Exchange) -> None:
    """Nobody listens at the address."""
    assert exchange.back.account
    away = replace(exchange.back.account, api_url="http://127.0.0.1:9")
    back = replace(exchange.back, account=away, patience=replace(QUICK, total=0.4))
    assert back.send(exchange.talks().sid, PAIR).outcome is Outcome.AWAY


@pytest.mark.parametrize(
    ("move", "told"),
    [
        (refused(401, 20003), "TWILIO_AUTH_TOKEN"),
        (refused(403, 20005), "closed or suspended"),
        (refused(403, 20008), "test token"),
        (refused(400, 21205), "PUBLIC_URL"),
        (refused(400, 21218), "docs/errors/21218"),
        (Move(takes=False, status=404, code=404), "TWILIO_API_URL"),
    ],
)
def test_what_twilio_refuses_is_explained_in_the_log(
    exchange: Exchange, caplog: pytest.LogCaptureFixture, move: Move, told: str
) -> None:
    """Once, as an error; trying again would not help."""
    exchange.api.updates.append(move)
    assert exchange.back.send(exchange.talks().sid, PAIR).outcome is Outcome.REFUSED
    (error,) = (each for each in caplog.records if each.levelno > logging.WARNING)
    assert told in error.getMessage()
    assert len(exchange.api.asked) == 1


def test_a_token_of_another_account_is_refused(world: World) -> None:
    """The stand-in checks it itself."""
    with exchange_in(world, token="another") as exchange:  # noqa: S106  a wrong one
        assert exchange.back.send(exchange.talks().sid, PAIR).outcome is Outcome.REFUSED


def test_a_demo_says_that_it_has_no_account(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """The code works all the same, keyed in at the second number."""
    call = world.rings(agents=(TALKING,))
    call.press("0")
    back = world.parts.back_into_flow.send(call.sid, PAIR)
    assert back.outcome is Outcome.NO_ACCOUNT
    assert "no Twilio account is set" in caplog.text
    agent = world.caller()
    agent.ring("/voice/handover")
    press_all(agent, back.code + "1")
    assert hears(agent, "Ik noem de eerste tijden")


def test_without_its_database_nothing_is_sent(exchange: Exchange) -> None:
    """Who waits learns that it is away."""
    away = replace(exchange.back, database=Database(NOBODY_LISTENS))
    with pytest.raises(DatabaseAway):
        away.send(exchange.talks().sid, PAIR)
    away.database.close()
    assert exchange.api.asked == []


@pytest.mark.parametrize("what", ["forged", "expired", "no token"])
def test_with_another_token_the_call_goes_on_where_it_was(exchange: Exchange, what: str) -> None:
    """Nothing is used up: the right one works afterwards."""
    call = exchange.world.rings()
    press_all(call, "1")
    exchange.api.calls.status[call.sid] = IN_PROGRESS
    here = call.heard
    exchange.back.send(call.sid, PAIR)
    url = exchange.api.calls.sent_to[0][1].removeprefix(PUBLIC_URL)
    token = url.partition("token=")[2].partition("#")[0]
    told = {"forged": token[:-1] + "x", "expired": token, "no token": ""}[what]
    exchange.world.clock.passes(minutes=10 if what == "expired" else 0)
    call.is_sent_to(f"/voice/handover?token={told}")
    assert call.heard == here
    if what != "expired":
        call.is_sent_to(url)
        assert hears(call, "Ik noem de eerste tijden")


def test_no_token_no_number_and_no_note_is_logged(
    exchange: Exchange, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever Twilio answers, with a number in it."""
    caplog.set_level(logging.DEBUG)
    exchange.api.updates.extend([DROPPED_AFTER, FAILED_AFTER, Move(), refused(401, 20003)])
    call = exchange.talks()
    backs = [
        exchange.back.send(call.sid, structs.replace(PAIR, number="+31687654321")) for _ in range(2)
    ]
    exchange.carries_out(call)
    assert [back.outcome for back in backs] == [Outcome.SENT, Outcome.REFUSED]
    for secret in (TOKEN, "token=", "31687654321", call.number[1:], "rolstoel", "31600000000"):
        assert secret not in caplog.text
    for back in backs:
        assert back.code not in caplog.text
    assert exchange.back.secret not in repr(exchange.back)
    assert TOKEN not in repr(exchange.back)

"""`flask twilio connect` sets the numbers at Twilio; `check` says what is wrong with them."""

from collections.abc import Iterator
from dataclasses import replace
from http.server import ThreadingHTTPServer

import pytest
from click.testing import CliRunner, Result
from flask.testing import FlaskCliRunner

from app import application
from ivr.addresses import Addresses
from ivr.reachable import address_fault, visit_fault
from ivr.twilio_account import Account, Patience
from ivr.twilio_commands import Switchboard, twilio
from tests import twilio_api
from tests.conftest import Clock, World
from tests.outside.conftest import Installation
from tests.outside.running import RunningLine
from tests.outside.test_settings import CONNECTED
from tests.twilio_api import (
    ACCOUNT,
    DROPPED_AFTER,
    DROPPED_BEFORE,
    FAILED_AFTER,
    FAILED_BEFORE,
    SENDER,
    SILENT_AFTER,
    SILENT_BEFORE,
    TOKEN,
    Move,
    TwilioApi,
    too_many,
)

LINE, SECOND = "+31715458500", "+31715458599"
HANDOVER = "+31715458502"
URL = "https://afspraken.example.nl"
RETRIED = "#rc=2&rt=4000&rp=ct,rt,5xx"
VOICE, FALLBACK = f"{URL}/voice{RETRIED}", f"{URL}/voice/fallback{RETRIED}"
QUICK = Patience(total=3, answer=0.3, pause=0.01)
RIGHT = {
    "voice_url": VOICE,
    "voice_method": "POST",
    "voice_fallback_url": FALLBACK,
    "voice_fallback_method": "POST",
    "voice_application_sid": "",
    "status_callback": f"{URL}/voice/status{RETRIED}",
    "status_callback_method": "POST",
    "trunk_sid": "",
}


@pytest.fixture
def api() -> Iterator[TwilioApi]:
    """Twilio, with the line's number and that of its messages as they were bought today."""
    with twilio_api.running(Clock()) as found:
        found.numbers.buys(LINE)
        found.numbers.buys(SENDER, sms=True)
        yield found


@pytest.fixture
def board(api: TwilioApi) -> Switchboard:
    """An installation with an account."""
    return Switchboard(
        Account(ACCOUNT, TOKEN, api.url), Addresses(URL), LINE, SENDER, patience=QUICK
    )


def runs(board: Switchboard, *arguments: str, keys: str = "") -> Result:
    """What a command prints, and its exit status."""
    result = CliRunner().invoke(twilio, arguments, obj=board, input=keys)
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert TOKEN not in result.output
    return result


def checked(board: Switchboard, *more: str) -> tuple[int, str]:
    """Exit status and words of the check, which does not visit the line."""
    result = runs(board, "check", "--no-visit", *more)
    return result.exit_code, result.output


def does(api: TwilioApi, number: str) -> dict[str, object]:
    """What a number does, as far as the line has to do with it."""
    return {name: api.numbers.of(number)[name] or "" for name in RIGHT}


def changes(api: TwilioApi) -> int:
    """How often somebody has tried to change anything."""
    return sum(each.startswith("POST") for each in api.asked)


def test_a_new_number_is_set_after_asking(api: TwilioApi, board: Switchboard) -> None:
    """What is set and what will be is shown first; afterwards the check is content."""
    status, said = checked(board)
    assert status == 1
    assert "A call comes in: is POST https://demo.twilio.com/welcome/voice/; right is" in said
    result = runs(board, "connect", keys="y\n")
    assert "    is now   POST https://demo.twilio.com/welcome/voice/\n" in result.output
    assert f"    will be  POST {VOICE}\n" in result.output
    assert f"set, and read back: {LINE}, {SENDER}" in result.output
    assert result.exit_code == 0
    assert does(api, LINE) == RIGHT
    assert api.numbers.of(SENDER)["sms_url"] == f"{URL}/messages"
    assert checked(board) == (0, f"in order at Twilio: {LINE}, {SENDER}\n")


def test_in_a_region_twilio_asks_from_its_edge(api: TwilioApi, board: Switchboard) -> None:
    """Everywhere; behind an address that is retried as everywhere else."""
    runs(replace(board, addresses=Addresses(URL, edge="dublin")), "connect", "--yes")
    line, sender = api.numbers.of(LINE), api.numbers.of(SENDER)
    assert line["voice_url"] == f"{VOICE}&e=dublin"
    assert line["voice_fallback_url"] == f"{FALLBACK}&e=dublin"
    assert line["status_callback"] == f"{URL}/voice/status{RETRIED}&e=dublin"
    assert sender["sms_url"] == f"{URL}/messages#e=dublin"
    assert checked(board)[0] == 1


@pytest.mark.parametrize("keys", ["n\n", "\n", ""])
def test_who_does_not_say_yes_changes_nothing(
    api: TwilioApi, board: Switchboard, keys: str
) -> None:
    """Nor does a script that cannot answer."""
    assert runs(board, "connect", keys=keys).exit_code == 1
    assert changes(api) == 0


def test_only_what_differs_is_set(api: TwilioApi, board: Switchboard) -> None:
    """What has nothing to do with the line stays, and a second time there is nothing to do."""
    forms = []
    update = api.numbers.update
    api.numbers.update = lambda sid, form: forms.append(form) or update(sid, form)  # type: ignore[func-returns-value,method-assign]
    api.numbers.of(LINE).update(RIGHT, voice_method="GET", friendly_name="the line")
    assert runs(board, "connect", "--yes").exit_code == 0
    assert forms == [{"VoiceMethod": "POST"}, {"SmsUrl": f"{URL}/messages"}]
    line = api.numbers.of(LINE)
    assert (line["friendly_name"], line["sms_url"][:19]) == ("the line", "https://demo.twilio")
    assert "nothing is to be set" in runs(board, "connect").output
    assert len(forms) == 2


def test_a_line_that_can_receive_messages_answers_them(api: TwilioApi, board: Switchboard) -> None:
    """Also where messages are sent in the name of somebody who has no number."""
    api.numbers.of(LINE)["capabilities"]["sms"] = True
    assert runs(replace(board, sender="Leiderdorp"), "connect", "--yes").exit_code == 0
    assert api.numbers.of(LINE)["sms_url"] == f"{URL}/messages"
    assert api.numbers.of(SENDER)["sms_url"] != f"{URL}/messages"


def test_the_second_number_takes_codes(api: TwilioApi, board: Switchboard) -> None:
    """Where the file names one; its fallback and its status are those of the line."""
    api.numbers.buys(SECOND)
    runs(board, "connect", "--yes")
    board = replace(board, handover=SECOND)
    status, said = checked(board)
    assert status == 1
    assert f"{URL}/voice/handover#rc=2" in said
    assert runs(board, "connect", "--yes").exit_code == 0
    handover = VOICE.replace("/voice", "/voice/handover")
    assert does(api, SECOND) == RIGHT | {"voice_url": handover}
    assert checked(board)[0] == 0


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("voice_application_sid", "AP" + "1" * 32, "Voice application, instead of URLs"),
        ("trunk_sid", "TK" + "1" * 32, "SIP trunk, instead of URLs"),
    ],
)
def test_what_makes_twilio_ignore_the_urls_is_told_and_removed(
    api: TwilioApi, board: Switchboard, field: str, value: str, told: str
) -> None:
    """All URLs are right, and yet the line would never be asked."""
    runs(board, "connect", "--yes")
    api.numbers.of(LINE)[field] = value
    assert checked(board) == (1, f"Error: {LINE}: {told}: is {value}; right is nothing\n")
    runs(board, "connect", "--yes")
    assert does(api, LINE) == RIGHT


def test_an_application_for_messages_is_told_and_removed(
    api: TwilioApi, board: Switchboard
) -> None:
    """It would be asked instead of the line."""
    runs(board, "connect", "--yes")
    api.numbers.of(SENDER)["sms_application_sid"] = "AP" + "1" * 32
    assert "Messaging application, instead of URLs" in checked(board)[1]
    runs(board, "connect", "--yes")
    assert checked(board)[0] == 0


def test_a_number_that_is_not_in_the_account_is_told(api: TwilioApi, board: Switchboard) -> None:
    """Another one with more digits is another one; what is there is set all the same."""
    api.numbers.owned.clear()
    api.numbers.buys(LINE + "9")
    api.numbers.buys(SENDER, sms=True)
    for said in (checked(board)[1], (result := runs(board, "connect", "--yes")).output):
        assert f"{LINE} is no number of this account" in said
    assert result.exit_code == 1
    assert api.numbers.of(SENDER)["sms_url"] == f"{URL}/messages"
    assert api.numbers.of(LINE + "9")["voice_url"] != VOICE


def test_what_a_number_cannot_do_is_told(api: TwilioApi, board: Switchboard) -> None:
    """No setting helps: another one must be bought."""
    api.numbers.owned.clear()
    api.numbers.buys(LINE, voice=False)
    api.numbers.buys(SENDER)
    said = checked(board)[1]
    assert f"{LINE} takes no calls" in said
    assert f"{SENDER} takes no messages" in said


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("http://afspraken.example.nl", "https"),
        ("https://localhost:5000", "cannot reach"),
        ("http://127.0.0.1:5000", "cannot reach"),
        ("https://10.0.0.7", "cannot reach"),
        ("https://[::1]", "cannot reach"),
        ("https://line", "cannot reach"),
        ("https://line.internal", "cannot reach"),
    ],
)
def test_an_address_that_twilio_should_not_be_told_is_not_told(
    api: TwilioApi, board: Switchboard, url: str, told: str
) -> None:
    """The check says why; nothing is set."""
    bad = replace(board, addresses=Addresses(url))
    for said in (checked(bad)[1], runs(bad, "connect", "--yes").output):
        assert f"PUBLIC_URL is {url}" in said
        assert told in said
    assert changes(api) == 0
    assert address_fault(URL) == ""


@pytest.mark.parametrize("command", ["check", "connect"])
def test_a_token_of_another_account_is_told(
    api: TwilioApi, board: Switchboard, command: str
) -> None:
    """In a sentence that has no token in it."""
    other = replace(board, account=Account(ACCOUNT, "a-token-of-another", api.url))
    result = runs(other, command, *(["--no-visit"] if command == "check" else ["--yes"]))
    assert result.exit_code == 1
    assert "TWILIO_AUTH_TOKEN is no token of the account TWILIO_ACCOUNT_SID" in result.output
    assert "a-token-of-another" not in result.output
    assert changes(api) == 0


MOVES = [
    *(too_many(), DROPPED_BEFORE, DROPPED_AFTER, FAILED_BEFORE, FAILED_AFTER),
    *(SILENT_BEFORE, SILENT_AFTER, Move(text="<html>")),
]


@pytest.mark.parametrize("move", MOVES, ids=range(len(MOVES)))
def test_network_trouble_is_repeated(api: TwilioApi, board: Switchboard, move: Move) -> None:
    """To set something twice is to set it."""
    api.lists.append(replace(move, takes=False))
    api.updates.append(move)
    assert runs(board, "connect", "--yes").exit_code == 0
    assert checked(board)[0] == 0


@pytest.mark.parametrize("move", [too_many("3600"), FAILED_BEFORE, DROPPED_BEFORE])
def test_a_twilio_that_is_away_is_told(api: TwilioApi, board: Switchboard, move: Move) -> None:
    """Before anything is changed; the check tells it too, with what it knows without Twilio."""
    hasty = replace(board, patience=Patience(0.5, 0.3, 0.3), addresses=Addresses("http://x.nl"))
    api.lists.extend([move, move])
    status, said = checked(hasty)
    assert status == 1
    assert "PUBLIC_URL is http://x.nl" in said
    assert "Twilio" in said
    api.lists.clear()
    api.lists.extend([move, move])
    result = runs(replace(hasty, addresses=Addresses(URL)), "connect", "--yes")
    assert result.exit_code == 1
    assert "nothing was changed" in result.output
    assert changes(api) == 0


def test_who_is_interrupted_learns_how_far_it_came(api: TwilioApi, board: Switchboard) -> None:
    """And goes on from there, when Twilio is back."""
    api.updates.extend([Move(), twilio_api.refused(403, 20005)])
    result = runs(board, "connect", "--yes")
    assert result.exit_code == 1
    assert f"{SENDER}: the account TWILIO_ACCOUNT_SID is closed or suspended" in result.output
    assert f"set before it: {LINE}. Run the command again" in result.output
    assert does(api, LINE) == RIGHT
    assert runs(board, "connect", "--yes").exit_code == 0
    assert checked(board)[0] == 0


def test_who_cannot_read_back_is_told_to_check(api: TwilioApi, board: Switchboard) -> None:
    """It was set, and nobody has seen it."""
    api.lists.extend([Move(status=200), Move(status=200), twilio_api.refused(401, 20003)])
    result = runs(board, "connect", "--yes")
    assert result.exit_code == 1
    assert "set, and not read back" in result.output
    assert checked(board)[0] == 0


def test_what_twilio_does_not_keep_is_told(api: TwilioApi, board: Switchboard) -> None:
    """It answers that all is well, and has another URL than it was told."""
    api.numbers.keeps = False
    result = runs(board, "connect", "--yes")
    assert result.exit_code == 1
    assert f"Twilio has not kept what was set: {LINE}: A call comes in" in result.output


def test_secrets_in_what_others_have_set_are_not_shown(api: TwilioApi, board: Switchboard) -> None:
    """A password and a query stay where they are."""
    api.numbers.of(LINE)["voice_url"] = "https://anna:geheim@old.example.nl/x?token=geheim"
    for said in (checked(board)[1], runs(board, "connect", keys="n\n").output):
        assert "https://…@old.example.nl/x?…" in said
        assert "geheim" not in said


def test_a_demo_is_told_what_to_set(world: World) -> None:
    """It has no account that could be asked."""
    board = Switchboard(None, Addresses(URL), LINE, SENDER)
    assert "TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and PUBLIC_URL" in checked(board)[1]
    result = FlaskCliRunner(world.app).invoke(args=["twilio", "check", "--no-visit"])
    assert result.exit_code == 1
    assert "PUBLIC_URL" in result.output


def test_the_commands_are_those_of_the_installation(
    installation: Installation, api: TwilioApi
) -> None:
    """Its account, its address, and the numbers in its municipality's file."""
    api.numbers.buys(HANDOVER)
    account = {"TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_AUTH_TOKEN": TOKEN}
    given = CONNECTED | account | {"TWILIO_API_URL": api.url, "PUBLIC_URL": URL}
    runner = FlaskCliRunner(application(installation.starts(**given)))
    assert runner.invoke(args=["twilio", "connect", "--yes"]).exit_code == 0
    assert does(api, LINE) == RIGHT
    assert does(api, HANDOVER)["voice_url"] == VOICE.replace("/voice", "/voice/handover")


def test_the_check_visits_the_line(
    running_line: RunningLine, api: TwilioApi, board: Switchboard
) -> None:
    """It tells whether the line answers there, something else, or nobody."""
    assert visit_fault(f"http://127.0.0.1:{running_line.port}") == ""
    assert "something else answers" in visit_fault(api.url)
    with ThreadingHTTPServer(("127.0.0.1", 0), twilio_api._Handler) as bound:
        address = f"http://127.0.0.1:{bound.server_port}"
        assert "nothing answers" in visit_fault(address, seconds=0.2)
    assert "nothing answers" in visit_fault(address.replace("http", "https"))
    result = runs(replace(board, addresses=Addresses("https://nobody.invalid")), "check")
    assert "nothing answers at PUBLIC_URL https://nobody.invalid" in result.output

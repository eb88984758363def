"""`flask handover` makes what an agent and an exchange need; `flask call` plays both of them."""

import re

from flask.testing import FlaskCliRunner

from tests.calling import hears, press_all
from tests.conftest import World
from tests.ivr.looking import booked
from tests.outside.running import RunningLine


def made(world: World, *options: str) -> tuple[str, str]:
    """The code and the token that the command prints."""
    result = FlaskCliRunner(world.app).invoke(args=["handover", *options])
    assert result.exit_code == 0, result.output
    found = re.search(r"code +(\d{3} \d{3} \d{3}) .*\nheader +X-Handover: (\S+)", result.output)
    assert found, result.output
    return found[1].replace(" ", ""), found[2]


def test_the_code_leads_to_the_times(world: World) -> None:
    """What the agent said is not asked again."""
    code, _ = made(world, "--service", "travel-document", "--persons", "2")
    call = world.caller()
    call.ring("/voice/handover")
    press_all(call, code)
    assert hears(call, "een paspoort of identiteitskaart, twee personen")
    call.stay_silent()
    press_all(call, "11")
    assert [(each.service, each.persons) for each in booked(world)] == [("travel-document", 2)]


def test_the_header_leads_there_at_once(world: World) -> None:
    """In the language of the caller."""
    _, token = made(world, "--service", "driving-licence", "--language", "en")
    call = world.caller()
    call.headers = {"SipHeader_X-Handover": token}
    call.ring("/voice/handover")
    assert hears(call, "Free times for a driving licence")


def test_what_cannot_be_is_refused_with_what_can(world: World) -> None:
    """An unknown service, too many persons, a language nobody speaks, a reference that is none."""
    for options, told in (
        (["--service", "pasport"], "travel-document"),
        (["--service", "driving-licence", "--persons", "3"], "at most 1"),
        (["--language", "xx"], "nl, en"),
        (["--reference", "123"], "no reference"),
    ):
        result = FlaskCliRunner(world.app).invoke(args=["handover", *options])
        assert (result.exit_code, told in result.output) == (2, True), result.output


def test_a_code_and_an_employee_are_played_from_a_terminal(running_line: RunningLine) -> None:
    """The agent's consultation call, and what an employee hears who is rung."""
    printed = running_line.flask("handover", "--service", "travel-document").stdout
    code = re.sub(r"\D", "", printed.partition("(")[0])
    played = running_line.flask("call", "--second", "--keys", f"{code}s11")
    assert played.returncode == 0, played.stdout
    played = running_line.flask("call", "--employee", "takes", "--keys", "1110")
    assert "(employee) Beller voor een paspoort" in played.stdout

"""`flask call` rings a line that really runs, from another process."""

import json
import re
from subprocess import CompletedProcess

import pytest

from tests.outside.running import RunningLine, flat, free_port, spoken_reference


@pytest.fixture(scope="session")
def booking(running_line: RunningLine) -> CompletedProcess[str]:
    """A call that books a passport for one person."""
    return running_line.flask("call", "--keys", "1111", "1")


def test_five_keys_book_a_passport(booking: CompletedProcess[str]) -> None:
    """The call ends in a booking, and so does its exit status."""
    assert "Uw afspraak staat vast" in flat(booking.stdout)
    assert (booking.returncode, booking.stderr) == (0, "")


def test_blanks_between_the_keys_mean_nothing(running_line: RunningLine) -> None:
    """The same keys in one word do the same."""
    done = running_line.flask("call", "--keys", "11111")
    assert "Uw afspraak staat vast" in flat(done.stdout)
    assert done.returncode == 0


def test_what_is_printed_reads_as_a_conversation(booking: CompletedProcess[str]) -> None:
    """The line's words are indented, the caller's keys are marked, and all are in order."""
    lines = booking.stdout.splitlines()
    assert lines[0].startswith("   Dit is de afsprakenlijn van de gemeente Leiderdorp.")
    assert [line for line in lines if line.startswith(">>")][:5] == [">> 1"] * 5
    assert all(line.startswith(("   ", ">> ")) for line in lines)


def test_the_appointment_stands_in_the_agenda(
    running_line: RunningLine, booking: CompletedProcess[str]
) -> None:
    """What the caller heard is what the municipality's own people see."""
    reference = spoken_reference(booking.stdout)
    assert re.fullmatch("([2-9]{12})\\1", reference), "it is said twice"
    shown = running_line.flask("agenda", "--json")
    (entry,) = [e for e in json.loads(shown.stdout) if e["reference"] == reference[:12]]
    wanted = ("travel-document", 1, "booked", "telephone", None)
    fields = ("service", "persons", "status", "channel", "counter")
    assert tuple(entry[field] for field in fields) == wanted
    assert entry["starts_at"].startswith("2026-12-01T11:")
    assert entry["starts_at"].endswith("+01:00")


def test_who_hangs_up_has_booked_nothing(running_line: RunningLine) -> None:
    """A call that ends without a booking ends with status 1."""
    done = running_line.flask("call", "--keys", "1h")
    assert done.returncode == 1
    assert ">> (hangs up)" in flat(done.stdout)
    assert "vast" not in flat(done.stdout)


def test_what_was_offered_is_free_again_after_hanging_up(running_line: RunningLine) -> None:
    """Nothing stays held for a caller who is gone."""
    running_line.flask("call", "--keys", "111h")
    shown = running_line.flask("agenda", "--json")
    assert [e for e in json.loads(shown.stdout) if e["status"] == "held"] == []


def test_keys_can_be_typed_one_by_one(running_line: RunningLine) -> None:
    """Somebody at a terminal is silent with `s` and hangs up with `h`."""
    done = running_line.flask("call", typed="s\nh\n")
    assert "Ik heb nog geen toets gehoord." in flat(done.stdout)
    assert ">> (silence)" in flat(done.stdout)
    assert ">> (hangs up)" in flat(done.stdout)
    assert "s: silence" in done.stderr
    assert done.returncode == 1


def test_several_keys_can_be_typed_on_one_line(running_line: RunningLine) -> None:
    """A caller in a hurry types them all, and the booking counts."""
    done = running_line.flask("call", typed="11111\n")
    assert "Uw afspraak staat vast" in flat(done.stdout)
    assert done.returncode == 0


def test_the_end_of_what_is_typed_hangs_up(running_line: RunningLine) -> None:
    """A terminal that closes leaves no call open."""
    done = running_line.flask("call", typed="1\n")
    assert ">> (hangs up)" in flat(done.stdout)
    assert done.returncode == 1


@pytest.mark.parametrize("how", ["typed", "played"])
def test_what_is_no_key_is_told(running_line: RunningLine, how: str) -> None:
    """Who mistypes reads which keys there are, and nothing is sent to the line."""
    if how == "typed":
        done = running_line.flask("call", typed="x\nh\n")
    else:
        done = running_line.flask("call", "--keys", "x")
    assert "0-9 * #" in done.stderr
    assert ">> x" not in flat(done.stdout)
    assert done.returncode != 0


def test_english_is_one_key_away(running_line: RunningLine) -> None:
    """The same booking in English ends with the same status."""
    done = running_line.flask("call", "--keys", "9 1111 1")
    assert "Your appointment is booked." in flat(done.stdout)
    assert done.returncode == 0


def test_a_line_that_does_not_run_is_told_how_to_start(running_line: RunningLine) -> None:
    """Who forgot to start the line reads how."""
    done = running_line.flask("call", "--keys", "1", PORT=str(free_port()))
    assert done.returncode != 0
    assert "start it with: uv run app.py" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_line_with_another_token_is_told_as_a_refusal(running_line: RunningLine) -> None:
    """Who rings a line of another installation reads that it refuses, not a trace."""
    foreign = {"TWILIO_AUTH_TOKEN": "x", "PUBLIC_URL": "https://afspraken.example.nl"}
    at = f"http://127.0.0.1:{running_line.port}"
    done = running_line.flask("call", "--at", at, DEMO_CLOCK_AHEAD="0", **foreign)
    assert done.returncode != 0
    assert "403" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("address", ["afspraken.example.nl", "http://", "http://[::1"])
def test_an_address_that_is_none_is_told(running_line: RunningLine, address: str) -> None:
    """Who mistypes the address reads that, and does not ring some other line."""
    done = running_line.flask("call", "--at", address, "--keys", "1")
    assert done.returncode != 0
    assert "--at" in done.stderr or address in done.stderr
    assert "Traceback" not in done.stderr
    assert "afsprakenlijn" not in flat(done.stdout)


def test_a_secure_address_is_not_rung_in_the_open(running_line: RunningLine) -> None:
    """Behind https nothing goes over the wire unencrypted: a plain line cannot answer there."""
    at = f"https://127.0.0.1:{running_line.port}"
    done = running_line.flask("call", "--at", at, "--keys", "1h")
    assert "afsprakenlijn" not in flat(done.stdout)
    assert done.returncode != 0
    assert "Traceback" not in done.stderr

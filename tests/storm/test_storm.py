"""A short storm on each database leaves nothing wrong, and a storm finds bugs that are planted."""

import os
import random
import subprocess
import threading
from collections import Counter
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from prompts.catalogue import catalogue
from scheduling import references
from scheduling.database import Database
from tests.conftest import BACKENDS
from tests.outside.running import wait_for
from tests.outside.test_health import NOBODY_LISTENS
from tests.storm import judge
from tests.storm.__main__ import status
from tests.storm.board import Board
from tests.storm.hearing import Told, spoken_reference, told
from tests.storm.line import DIED, Line
from tests.storm.outcome import Outcome
from tests.storm.plan import Plan
from tests.storm.plants import FOUND_BY, PLANTS
from tests.storm.storm import Storm, rage
from tests.storm.twilio_away import TwilioAway
from tests.storm.weather import AWAY, FULL, PAUSES, RESTARTS, SLOW, SLOW_READS, STOPS, Weather
from tests.twilio_api import TwilioApi


@pytest.mark.parametrize("backend", BACKENDS)
def test_after_a_storm_everything_is_as_callers_heard(backend: str) -> None:
    """Workers are killed, the clock steps, requests come twice: nothing is lost, nobody waits."""
    outcome = rage(Plan(backend, calls=300, minutes=10, longest_pause=1))
    assert outcome.wrong == []
    assert outcome.confirmations > 30
    happened = {PAUSES, STOPS, SLOW, SLOW_READS, AWAY, "times that agents signed in"}
    happened |= {"requests late, asked again", "apologies, and the caller goes on where he was"}
    happened |= {"moves heard", "cancellations heard", "callers who asked for later times"}
    happened |= {
        "messages sent",
        "appointments that agents booked",
        "cancellations by text message",
        "moves by agents",
        "cancellations by agents",
    }
    happened |= {"steps of the clock back over midnight or summer time"}
    happened |= {RESTARTS} if backend == "postgresql" else {FULL}
    assert {what for what in happened if not outcome.counts[what]} == set()
    assert outcome.counts["steps of the clock"] == 7
    assert sum(n for what, n in outcome.counts.items() if what.startswith("workers killed")) >= 6
    assert f"fewer than 3/{outcome.confirmations}" in str(outcome)


@pytest.mark.parametrize("plant", PLANTS)
@pytest.mark.parametrize("backend", BACKENDS)
def test_a_planted_bug_is_found(backend: str, plant: str) -> None:
    """The storm would tell if it were so."""
    outcome = rage(Plan.to_find(plant, backend))
    assert any(FOUND_BY[plant] in each for each in outcome.wrong), str(outcome)


def test_the_command_fails_loudly(capsys: pytest.CaptureFixture[str]) -> None:
    """What is wrong is printed, and no bound follows from a storm in which anything was."""
    wrong = Outcome(Plan("sqlite"), 1.0, Counter({"confirmations heard": 9}), ["one is lost"] * 30)
    assert status([wrong]) == 1
    printed = capsys.readouterr().out
    assert "WRONG     one is lost" in printed
    assert "and 10 more" in printed
    assert "certainty" not in printed


@pytest.mark.parametrize(("died", "lives"), [(-60, True), (60, False)])
def test_a_worker_with_the_number_of_a_dead_one_may_be_killed(
    tmp_path: Path, sqlite: Database, *, died: int, lives: bool
) -> None:
    """Numbers of processes come again in a long storm, which would kill nobody any more."""
    board = Board(tmp_path / "board")
    line = Line(tmp_path, sqlite, board, "", nullcontext)
    worker = tmp_path / "workers" / str(os.getpid())
    worker.parent.mkdir()
    worker.touch()
    at = worker.stat().st_mtime + died
    (tmp_path / "killed").write_text(f"{os.getpid()} {at} anywhere\n", encoding="ascii")
    assert line.alive() == [os.getpid()] * lives
    assert line.killed_at() == ["anywhere"]


def test_the_last_who_answers_beside_one_who_stands_still_is_not_killed(
    tmp_path: Path, sqlite: Database
) -> None:
    """There would be nobody left who answers, and that is another fault than a dead worker."""
    line = Line(tmp_path, sqlite, Board(tmp_path / "board"), "", nullcontext)
    (tmp_path / "workers").mkdir()
    chance = random.Random(1)  # noqa: S311  no secret
    weather = Weather(line, TwilioAway(chance), chance, lambda: 0, {}, longest_pause=60)
    still = threading.Thread(target=weather.pauses_worker)
    waits = ["/bin/sleep", "60"]
    with subprocess.Popen(waits) as one, subprocess.Popen(waits) as other:  # noqa: S603
        for process in (one, other):
            (tmp_path / "workers" / str(process.pid)).touch()
        still.start()
        wait_for(lambda: "T" in {_state(one.pid), _state(other.pid)})
        weather._kills_at_once()
        assert line.kills == 0
        weather.over.set()
        still.join()
        weather._kills_at_once()
        assert line.kills == 1
        one.kill()
        other.kill()


def _state(process: int) -> str:
    return Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(") ")[2][0]


def test_a_worker_that_crashes_is_found(tmp_path: Path, sqlite: Database) -> None:
    """The server starts another one, and callers hear little of it."""
    line = Line(tmp_path, sqlite, Board(tmp_path / "board"), "", nullcontext, kills=1)
    (tmp_path / "killed").write_text("7 1.0 anywhere\n", encoding="ascii")
    (tmp_path / "log").write_text(f"[ERROR] {DIED}1\n" * 2, encoding="ascii")
    assert list(judge.crashed(line)) == []
    (tmp_path / "log").write_text(f"[ERROR] {DIED}1\n" * 3, encoding="ascii")
    assert list(judge.crashed(line)) == ["1 workers died, and nobody had killed them"]


def test_a_reference_is_understood_as_it_is_spoken() -> None:
    """Four groups of three digits, in either language; a part of them is no reference."""
    reference = references.draw()
    for language in ("nl", "en"):
        said = [f"{group}." for group in catalogue(language).speech.code(reference)]
        assert spoken_reference([*said, *said]) == reference
        assert spoken_reference(said[:3]) == ""


_SAID = (
    "Uw afspraak staat vast. U komt voor {}, dinsdag drie november, om negen uur vijf. Neem",
    "U komt voor {}, morgen, dinsdag drie november, om negen uur vijf.",
    "U heeft een afspraak voor {}, voor één persoon, dinsdag drie november, om negen uur vijf.",
)
_SAID_IN_ENGLISH = (
    "You are coming for {}, Tuesday the third of November, at nine oh five in the morning."
)


@pytest.mark.parametrize(
    "said",
    [
        *(said.format("een uittreksel") for said in _SAID),
        _SAID_IN_ENGLISH.format("an extract"),
    ],
)
def test_service_day_and_time_are_understood_as_they_are_spoken(said: str) -> None:
    """In either language, of a new appointment and of one that he has."""
    at = datetime(2026, 11, 3, 9, 5, tzinfo=ZoneInfo("Europe/Amsterdam"))
    assert told([said]) == Told.of("extract", at)
    assert told(["Waarvoor wilt u een afspraak?"]) is None


def test_a_storm_whose_book_cannot_be_read_is_not_clean(tmp_path: Path) -> None:
    """What was seen while it raged is told all the same."""
    line = Line(tmp_path, Database(NOBODY_LISTENS), Board(tmp_path / "board"), "", nullcontext)
    storm = Storm(Plan("postgresql"), line, TwilioApi(line.board.now))
    storm.town.exchange.fault("somebody was left in silence")
    seen, not_judged = storm._judged()
    assert seen == "somebody was left in silence"
    assert not_judged.startswith("the book could not be judged: DatabaseAway")
    line.database.close()

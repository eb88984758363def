"""A short storm on each database leaves nothing wrong, and a storm finds bugs that are planted."""

from collections import Counter
from dataclasses import replace

import pytest

from prompts.catalogue import catalogue
from scheduling import references
from tests.conftest import BACKENDS
from tests.storm.__main__ import status
from tests.storm.callers import spoken_reference
from tests.storm.storm import Outcome, Plan, rage

SHORT = (0.05, 0.3)
"""Seconds between two faults of a short storm."""

_FOUND = {
    "missing-claim": "two answers to one request",
    "reply-before-commit": "which is not in the book",
    "check-in-python": "taken, but appointments and holds take",
}


@pytest.mark.parametrize("backend", BACKENDS)
def test_after_a_storm_everything_is_as_callers_heard(backend: str) -> None:
    """Workers are killed, the clock steps, requests come twice: nothing is lost, nobody waits."""
    outcome = rage(Plan(backend, calls=200, minutes=2, longest_pause=1, pause_between=SHORT))
    assert outcome.wrong == []
    assert outcome.confirmations > 40
    assert outcome.counts["steps of the clock"] == 7
    assert outcome.counts["answers lost"] > 0
    assert any(what.startswith("workers killed") for what in outcome.counts)
    assert f"fewer than 3/{outcome.confirmations}" in str(outcome)


@pytest.mark.parametrize("plant", _FOUND)
@pytest.mark.parametrize("backend", BACKENDS)
def test_a_planted_bug_is_found(backend: str, plant: str) -> None:
    """The storm would tell if it were so."""
    plan = Plan(backend, calls=60, minutes=1, plant=plant, workers=2, longest_pause=0.5)
    outcome = rage(replace(plan, pause_between=SHORT))
    assert any(_FOUND[plant] in each for each in outcome.wrong), str(outcome)


def test_the_command_fails_loudly(capsys: pytest.CaptureFixture[str]) -> None:
    """What is wrong is printed, and no bound follows from a storm in which anything was."""
    wrong = Outcome(Plan("sqlite"), 1.0, Counter({"confirmations heard": 9}), ["one is lost"] * 30)
    assert status([wrong]) == 1
    printed = capsys.readouterr().out
    assert "WRONG   one is lost" in printed
    assert "and 10 more" in printed
    assert "certainty" not in printed


def test_a_reference_is_understood_as_it_is_spoken() -> None:
    """Four groups of three digits, in either language; a part of them is no reference."""
    reference = references.draw()
    for language in ("nl", "en"):
        said = [f"{group}." for group in catalogue(language).speech.code(reference)]
        assert spoken_reference([*said, *said]) == reference
        assert spoken_reference(said[:3]) == ""

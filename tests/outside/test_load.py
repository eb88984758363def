"""The load command: what it counts is what callers would have borne."""

import itertools
import math
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from os import kill

import pytest

from ivr.signature import Signature
from tests.benchmarks.load.arrivals import at_random, percentile
from tests.benchmarks.load.conversations import People
from tests.benchmarks.load.line import Line, serving
from tests.benchmarks.load.player import Player
from tests.outside.running import ROOT

SECONDS_TO_PLAY = 120


def seeded(seed: int) -> random.Random:
    """The same chance each time."""
    return random.Random(seed)  # noqa: S311  no secret is drawn


@pytest.fixture
def line() -> Iterator[Line]:
    """A line of its own, with one worker: what one test does to it, the next does not meet."""
    with serving("sqlite", workers=1) as served:
        yield served


@contextmanager
def playing(line: Line, callers: int = 1) -> Iterator[Player]:
    """Callers of the line, who have not said anything yet."""
    calls = People(seeded(1)).calls()
    with closing(Player(line.port, line.signature, calls, callers)) as player:
        yield player


def test_calls_are_played_on_both_databases_and_all_go_well() -> None:
    """Floors and line are measured with several workers, and no answer is wrong."""
    words = ["--rate", "25", "--seconds", "3", "--warm-up", "0", "--workers", "2"]
    played = subprocess.run(  # noqa: S603  our own words
        [sys.executable, "-m", "tests.benchmarks.load", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=SECONDS_TO_PLAY,
        check=False,
    )
    assert played.returncode == 0, played.stdout + played.stderr
    for name in ("bare Flask route", "signature only", "line   "):
        rows = [row for row in played.stdout.splitlines() if row.startswith(name)]
        assert len(rows) == 2
        assert all(row.removeprefix(name).split()[3] == "0" for row in rows)


def test_an_apology_is_an_error(line: Line) -> None:
    """Somebody holds the book: the line answers with 200 and says sorry, which is counted."""
    book = line.url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(book, isolation_level=None)) as other, playing(line) as player:
        other.execute("BEGIN IMMEDIATE")
        heard = player.closed(lambda: not player.heard.wrong)
    assert heard.wrong == {"/voice: the line apologised": heard.wrong.total()}


def test_a_refusal_is_an_error(line: Line) -> None:
    """What is not answered with 200 is counted, with its status."""
    stranger = replace(line, signature=Signature.of(line.signature.public_url, ("no token",)))
    with playing(stranger) as player:
        heard = player.open([0.0, 0.01, 0.02])
    assert heard.wrong == {"/voice: status 403": 3}


def test_a_worker_that_is_killed_is_an_error(line: Line) -> None:
    """An answer that does not come is counted once, and the caller rings again."""
    with playing(line) as player:
        (worker,) = line.workers
        met = iter((worker,))

        def goes_on() -> bool:
            if player.heard.answered >= 3:
                for each in met:
                    kill(each.pid, signal.SIGKILL)
            return player.heard.answered < 10

        heard = player.closed(goes_on)
    (fault,) = heard.wrong.elements()
    assert fault.endswith(": the connection was closed")


def test_a_slow_answer_does_not_keep_the_next_turns_back(line: Line) -> None:
    """Each is timed from its own moment, also while the only caller waits for an answer."""
    moments = [n / 20 for n in range(10)]
    with playing(line) as player:
        begin = time.perf_counter()
        (worker,) = line.workers
        kill(worker.pid, signal.SIGSTOP)
        threading.Timer(1, kill, (worker.pid, signal.SIGCONT)).start()
        heard = player.open(moments)
        whole = time.perf_counter() - begin
    assert not heard.wrong
    assert len(heard.took) == len(moments)
    for moment, took in zip(moments, heard.took, strict=True):
        assert 1 - moment - 0.2 < took < whole


def test_turns_arrive_at_random_at_the_rate_that_is_asked_for() -> None:
    """Sorted, within the run, as many as they should be, and with the gaps of a Poisson process."""
    moments = at_random(100, 100, seeded(7))
    assert moments == sorted(moments)
    assert moments[0] >= 0
    assert moments[-1] < 100
    assert len(moments) == pytest.approx(10_000, rel=0.03)
    gaps = [after - before for before, after in itertools.pairwise(moments)]
    longer = sum(gap > 0.01 for gap in gaps) / len(gaps)
    assert longer == pytest.approx(math.exp(-1), abs=0.02)
    assert moments == at_random(100, 100, seeded(7))


@pytest.mark.parametrize(
    ("percent", "expected"), [(50, 50), (99, 99), (100, 100), (0, 1), (98.5, 99)]
)
def test_a_percentile_is_a_value_that_was_measured(percent: float, expected: int) -> None:
    """So many percent of the values are not greater."""
    values = list(range(1, 101))
    seeded(3).shuffle(values)
    assert percentile(values, percent) == expected


def test_a_percentile_of_few_values_is_one_of_them() -> None:
    """The greatest of a few is their 99th percentile; of nothing there is none."""
    assert percentile([0.3, 0.1, 0.2], 99) == 0.3
    assert percentile([0.3, 0.1, 0.2], 50) == 0.2
    with pytest.raises(ValueError, match="nothing"):
        percentile([], 50)

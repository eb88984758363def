"""A sender may be killed with -9 at any moment: no message is lost, and at most one comes twice."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from scheduling.database import Database
from tests import twilio_api
from tests.conftest import TEN_O_CLOCK, World
from tests.ivr.killed_sender import TOO_FAST
from tests.texting import Visitor, rows
from tests.twilio_api import (
    ACCEPTED,
    DROPPED_AFTER,
    DROPPED_BEFORE,
    FAILED_AFTER,
    FAILED_BEFORE,
    SILENT_AFTER,
    SILENT_BEFORE,
    Move,
    TwilioApi,
    too_many,
)

LATER = 5
LEASES_OVER = (10, 20)
"""Minutes after which nobody still has what a killed sender had."""


@dataclass(frozen=True)
class Senders:
    """A process that forks senders on demand."""

    process: subprocess.Popen[str]

    def says(self, command: str) -> str:
        """What it prints in answer to a command."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().strip()


@contextmanager
def senders(database: Database, api: TwilioApi) -> Iterator[Senders]:
    """Senders on a book and an account, gone at the end of the block."""
    url = database.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "tests.ivr.killed_sender", url, api.url]
    with subprocess.Popen(  # noqa: S603  our own interpreter and source
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"STARTED": str(time.monotonic())},
    ) as process:
        try:
            yield Senders(process)
        finally:
            process.kill()


def test_killed_at_every_line_nothing_is_lost_and_nothing_comes_twice(
    worlds: World, record_property: Callable[[str, object], None]
) -> None:
    """Once at each line that sends a message, up to the last; then somebody else goes on."""
    step = 1 if worlds.database.is_sqlite else 3  # each takes long, and the lines are the same
    n, outcome = 0, "killed"
    with twilio_api.running(worlds.clock) as api, senders(worlds.database, api) as forks:
        while outcome == "killed":
            n += step
            Visitor(f"+316{n:08}").books(worlds, later=LATER)
            outcome = forks.says(f"kill {n} 0")
        for minutes in LEASES_OVER:
            assert forks.says(f"kill 0 {minutes}").startswith("done")
    found = [row for row in rows(worlds.database) if row.kind == "confirmation"]
    assert len(found) == n // step > 50
    assert {row.state for row in found} == {"sent"}
    assert len(api.bodies) == len(found), "nothing is lost"
    assert set(api.bodies.values()) == {1}, "nothing comes twice"
    assert {row.sid for row in found} == {each["sid"] for each in api.taken}
    record_property("killed at lines", len(found) - 1)


MOVES = (
    *[ACCEPTED] * 3,
    Move(late=0.1),
    Move(late=0.2),
    DROPPED_AFTER,
    DROPPED_BEFORE,
    FAILED_AFTER,
    FAILED_BEFORE,
    SILENT_AFTER,
    SILENT_BEFORE,
    too_many(),
    too_many("3"),
)
MESSAGES = 40
MOST_KILLS = 40
SECONDS_TO_CALM = 240
"""Long enough on any machine: it ends a run in which a message is never sent."""


def test_in_a_storm_nothing_is_lost(
    worlds: World, record_property: Callable[[str, object], None]
) -> None:
    """Three senders, killed again and again, and a Twilio that fails in every way it can."""
    for n in range(MESSAGES):
        Visitor(f"+316{n:08}").books(worlds, later=LATER + n % 7)
    chance, lock = random.Random(20261201), Lock()  # noqa: S311  no secret

    def choose() -> Move:
        with lock:
            return chance.choice(MOVES)

    started = time.monotonic()

    def clock() -> datetime:
        return TEN_O_CLOCK + timedelta(seconds=(time.monotonic() - started) * TOO_FAST)

    with twilio_api.running(clock) as api, senders(worlds.database, api) as forks:
        api.chooses = choose
        kills = storm(worlds.database, forks, chance)
    confirmed = [row for row in rows(worlds.database) if row.kind == "confirmation"]
    assert {row.state for row in confirmed} == {"sent"}
    assert len(api.bodies) == MESSAGES, "nothing is lost"
    record_property("kills", kills)
    record_property("came twice", sum(api.bodies.values()) - MESSAGES)
    assert max(api.bodies.values()) <= 2
    assert kills >= 5


def storm(database: Database, forks: Senders, chance: random.Random) -> int:
    """Kills senders and starts others, for a while or until all is sent; how many were killed.

    Then it is calm until all is sent: who is killed again and again may never come to an end.
    """
    running = [int(forks.says("run")) for _ in range(3)]
    kills, deadline = 0, time.monotonic() + SECONDS_TO_CALM
    try:
        while any(
            row.state in {"waiting", "sending"} and row.kind == "confirmation"
            for row in rows(database)
        ):
            assert time.monotonic() < deadline
            time.sleep(chance.uniform(0.05, 0.4))
            if kills == MOST_KILLS:
                continue
            victim = running.pop(chance.randrange(len(running)))
            os.kill(victim, signal.SIGKILL)
            kills += 1
            running.append(int(forks.says("run")))
    finally:
        for each in running:
            with suppress(ProcessLookupError):
                os.kill(each, signal.SIGKILL)
    return kills

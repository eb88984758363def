"""One storm: callers and agents on one side, the weather on the other, and then the verdict."""

import random
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import ColumnElement, and_, func, or_, select

from scheduling.errors import DatabaseAway
from scheduling.outbox import messages
from scheduling.sending import ON_THE_WAY
from tests import twilio_api
from tests.storm import judge
from tests.storm.agents import NAMES, PASSWORD, Agent
from tests.storm.callers import Caller
from tests.storm.clock import A_WHILE, SECONDS_TO_SEND, Clock
from tests.storm.exchange import Exchange
from tests.storm.line import Line, opened
from tests.storm.outcome import Outcome, counted
from tests.storm.plan import Plan
from tests.storm.timetable import moments
from tests.storm.town import Town
from tests.storm.twilio_away import TwilioAway
from tests.storm.weather import Weather
from tests.twilio_api import TwilioApi
from web import accounts

_START = moments(1)[0].at
_SILENCE = 5
"""Seconds after which Twilio's API hangs up on whom it does not answer."""

_HARD_END = 1.5
"""A storm that is over goes on until all has happened that was to, but not for ever."""

_SECONDS_BETWEEN_REPORTS = 60
_SECONDS_OF_CALM = 120
"""In which all messages must be sent, where no bug is planted."""


def rage(plan: Plan) -> Outcome:
    """Lets a storm rage on a line of its own."""
    with tempfile.TemporaryDirectory(prefix="storm-", ignore_cleanup_errors=True) as folder:
        path = Path(folder)
        path.chmod(0o755)
        with (
            twilio_api.running(lambda: _START) as api,
            opened(plan.backend, path, _START, api.url) as line,
        ):
            line.plant, line.workers = plan.plant, plan.workers
            api.clock, api.longest_silence = line.board.now, _SILENCE
            line.publish(_START.date(), plan.days)
            for name in NAMES:
                hire = partial(accounts.add, name=name, role="agent", password=PASSWORD)
                line.database.transact(partial(hire, now=_START))
            with line.runs():
                outcome = Storm(plan, line, api).runs()
        if outcome.wrong and not plan.plant:
            _keep(path / "log", f"storm-{plan.backend}-{plan.seed}.log")
        return outcome


def _keep(log: Path, name: str) -> None:
    """Keeps the log of a storm in which something was wrong, and says where."""
    kept = Path(tempfile.gettempdir()) / name
    shutil.copy(log, kept)
    print(f"the log of all workers is kept: {kept}", file=sys.stderr, flush=True)  # noqa: T201


@dataclass
class Storm:
    """A storm on a line that runs."""

    plan: Plan
    line: Line
    api: TwilioApi
    town: Town = field(init=False)
    weather: Weather = field(init=False)
    clock: Clock = field(init=False)
    _started: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        plan, line = self.plan, self.line
        self.town = Town(Exchange(line.port), self.api, plan.seed)
        away = TwilioAway(self._chance("rest"))
        self.api.chooses = away.choose
        self.weather = Weather(
            line,
            away,
            self._chance("weather"),
            self.progress,
            plan.wanted,
            plan.longest_pause,
            plan.aimed,
        )
        self.clock = Clock(
            line,
            self.town.exchange,
            plan.years,
            plan.days,
            self._chance("clock"),
            self.progress,
            partial(_is_idle, line),
            self.weather.over,
        )

    def runs(self) -> Outcome:
        """All of it, until the verdict."""
        callers = [threading.Thread(target=self._rings) for _ in range(self.plan.callers)]
        works = (self.weather.rages, self.weather.kills, self.clock.turns, *self._agents())
        others = [threading.Thread(target=self._does, args=(work,), daemon=True) for work in works]
        for thread in (*others, *callers):
            thread.start()
        self._watches(callers)
        self.weather.over.set()
        for thread in others:
            thread.join()
        self.town.exchange.pool.shutdown()
        self.line.database.close()  # its connections may be of before a restart
        self.weather.away.is_over = True
        seconds = _SECONDS_OF_CALM if not self.plan.plant else 0
        calm(self.line, until=partial(_is_idle, self.line, timedelta(0)), seconds=seconds)
        wrong = self._judged()
        counts = counted(self.line, self.town, judge.sent(self.api))
        counts.update(self.weather.counts)
        counts.update(self.clock.counts)
        counts.update(self.town.exchange.counts)
        return Outcome(self.plan, time.monotonic() - self._started, counts, wrong)

    def _judged(self) -> list[str]:
        """What is wrong; what was seen meanwhile is told also where the book cannot be read."""
        wrong: list[str] = []
        try:
            wrong.extend(judge.verdict(self.line, self.town, self.api))
        except Exception as error:  # noqa: BLE001  a storm that is not judged is not clean
            wrong.append(f"the book could not be judged: {error!r}")
        return wrong

    def progress(self) -> float:
        """How far the storm is: 1 when so many have rung, or so much time has passed."""
        return max(self._elapsed(), self.town.calls / self.plan.calls)

    def is_over(self) -> bool:
        """Whether nobody rings any more: all that was to happen has happened, or never will."""
        is_done = self.weather.is_done and self.clock.is_done
        return (self.progress() >= 1 and is_done) or self._elapsed() >= _HARD_END

    def _elapsed(self) -> float:
        return (time.monotonic() - self._started) / (self.plan.minutes * 60)

    def _rings(self) -> None:
        while not self.is_over():
            try:
                Caller(self.town).rings()
            except Exception as error:  # noqa: BLE001  a caller who fails is a fault of the storm
                self.town.exchange.fault(f"a caller failed: {error!r}")

    def _agents(self) -> list[Callable[[], None]]:
        calendar = self.line.calendar
        agents = [Agent(name, self.town, calendar, self._chance(name)) for name in NAMES]
        return [partial(agent.works, self.weather.over.is_set) for agent in agents]

    def _does(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as error:  # noqa: BLE001  likewise
            self.town.exchange.fault(f"a thread of the storm failed: {error!r}")

    def _watches(self, callers: list[threading.Thread]) -> None:
        """Waits for the callers, and says now and then how far they are."""
        told = time.monotonic()
        while any(thread.is_alive() for thread in callers):
            time.sleep(0.1)
            if time.monotonic() > told + _SECONDS_BETWEEN_REPORTS:
                told = time.monotonic()
                print(self._so_far(), file=sys.stderr, flush=True)  # noqa: T201

    def _so_far(self) -> str:
        town, seconds = self.town, time.monotonic() - self._started
        return (
            f"{self.plan.backend}: {town.calls:,} calls, {len(town.heard):,} confirmations,"
            f" {self.weather.killed} kills, {len(town.exchange.faults)} faults, {seconds:.0f} s"
        )

    def _chance(self, whose: str) -> random.Random:
        return random.Random(f"{self.plan.seed} {whose}")  # noqa: S311  no secret


def calm(line: Line, *, until: Callable[[], bool], seconds: float) -> None:
    """Lets time pass on the line's clock, again and again, until something holds."""
    deadline = time.monotonic() + seconds
    while not until() and time.monotonic() < deadline:
        line.board.set_clock(line.board.now() + A_WHILE)
        time.sleep(SECONDS_TO_SEND)


def _is_idle(line: Line, late: timedelta = timedelta(seconds=2)) -> bool:
    """Whether no message is due for so long, and none waits to be tried again."""
    wanted = select(func.count()).select_from(messages).where(_is_left(line, late))
    with suppress(DatabaseAway), line.database.read() as connection:
        return not connection.scalar(wanted)
    line.database.close()
    return False


def _is_left(line: Line, late: timedelta) -> ColumnElement[bool]:
    due = or_(messages.c.due_at <= line.board.now() - late, messages.c.attempts > 0)
    return and_(messages.c.state.in_(ON_THE_WAY), due)

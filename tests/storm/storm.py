"""One storm: callers on one side, the weather on the other, and then the verdict."""

import random
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import func, or_, select

from ivr.handover_tokens import token
from scheduling.errors import Contended, DatabaseAway
from scheduling.handovers import Handover, make
from scheduling.models import appointments
from scheduling.outbox import messages
from scheduling.sending import ON_THE_WAY
from tests import twilio_api
from tests.storm import judge
from tests.storm.callers import Town
from tests.storm.line import Line, opened
from tests.storm.twilio import Exchange
from tests.storm.weather import REST_FAULTS, START, Weather, calm
from tests.twilio_api import ACCEPTED, TOKEN, Move, TwilioApi

_MINUTES = 10
"""How long a handover by an agent is good for."""

_CALLERS = 8
"""So many ring at once."""


@dataclass(frozen=True)
class Plan:
    """How long a storm lasts: until so many minutes or so many calls, whichever comes first."""

    backend: str
    seed: int = 1
    minutes: float = 2
    calls: int = 1_000_000
    plant: str = ""
    workers: int = 3
    longest_pause: float = 4
    pause_between: tuple[float, float] = (0.3, 1.2)


@dataclass(frozen=True)
class Outcome:
    """What a storm did, and what was wrong afterwards."""

    plan: Plan
    seconds: float
    counts: Counter[str]
    wrong: list[str] = field(default_factory=list)

    @property
    def confirmations(self) -> int:
        """How many appointments callers have heard confirmed."""
        return self.counts["confirmations heard"]

    def __str__(self) -> str:
        plan, n = self.plan, self.confirmations
        lines = [f"{plan.backend}, seed {plan.seed}: {self.seconds:.0f} s"]
        lines += [f"  {count:>7,} {what}" for what, count in self.counts.items()]
        lines += [f"  WRONG   {each}" for each in self.wrong[:20]]
        if len(self.wrong) > 20:
            lines.append(f"  WRONG   and {len(self.wrong) - 20} more")
        if not self.wrong and n:
            bound = f"3/{n:,} = {3 / n:.2%}"
            lines.append(f"  nothing is wrong: with 95 % certainty fewer than {bound} are lost")
        return "\n".join(lines)


def rage(plan: Plan) -> Outcome:
    """Lets a storm rage on a line of its own."""
    with tempfile.TemporaryDirectory(prefix="storm-", ignore_cleanup_errors=True) as folder:
        path = Path(folder)
        path.chmod(0o755)
        rest = random.Random(f"{plan.seed} rest")  # noqa: S311  no secret
        lock = threading.Lock()

        def choose() -> Move:
            with lock:
                return rest.choice(REST_FAULTS)

        with (
            twilio_api.running(lambda: START) as api,
            opened(plan.backend, path, START, api.url) as line,
        ):
            line.plant, line.workers = plan.plant, plan.workers
            api.clock, api.chooses = line.board.now, choose
            line.publish(START.date())
            with line.runs():
                return _rage(plan, line, api)


def _rage(plan: Plan, line: Line, api: TwilioApi) -> Outcome:
    started = time.monotonic()
    town = Town(Exchange(line.port), plan.seed, partial(_hand_over, line))

    def progress() -> float:
        return max((time.monotonic() - started) / (plan.minutes * 60), town.calls / plan.calls)

    chance = random.Random(f"{plan.seed} weather")  # noqa: S311  no secret
    weather = Weather(
        line,
        chance,
        progress,
        longest_pause=plan.longest_pause,
        pause_between=plan.pause_between,
    )
    callers = [threading.Thread(target=_ring, args=(town, progress)) for _ in range(_CALLERS)]
    forces = [
        threading.Thread(target=work, daemon=True)
        for work in (weather.rages, weather.turns_the_clock)
    ]
    for thread in (*forces, *callers):
        thread.start()
    for thread in callers:
        thread.join()
    weather.over.set()
    for thread in forces:
        thread.join()
    town.exchange.pool.shutdown()
    line.database.close()  # its connections may be of before a restart
    api.chooses = lambda: ACCEPTED
    calm(line, until=lambda: _all_sent(line))
    wrong = list(judge.verdict(line, town, api))
    counts = _counts(line, town, weather, judge.sent(api))
    return Outcome(plan, time.monotonic() - started, counts, wrong)


def _ring(town: Town, progress: Callable[[], float]) -> None:
    while progress() < 1:
        try:
            town.next_call()
        except Exception as error:  # noqa: BLE001  a caller who fails is a fault of the storm
            town.exchange.fault(f"a caller failed: {error!r}")


def _hand_over(line: Line) -> str:
    """An agent hands a caller over who wants an extract; while the database is away he cannot."""
    now = line.board.now()
    wanted = Handover("extract", 1, "nl", agent="storm", minutes=_MINUTES)
    try:
        code = line.database.transact(partial(make, handover=wanted, now=now))
    except (DatabaseAway, Contended):
        return "/voice"
    return f"/voice/handover?token={token(code, TOKEN, now + timedelta(minutes=_MINUTES))}"


def _all_sent(line: Line) -> bool:
    """Whether nothing is due any more, and nothing waits to be tried again."""
    due = or_(messages.c.due_at <= line.board.now(), messages.c.attempts > 0)
    left = (messages.c.state.in_(ON_THE_WAY), due)
    with line.database.read() as connection:
        return not connection.scalar(select(func.count()).select_from(messages).where(*left))


def _counts(line: Line, town: Town, weather: Weather, sent: Counter[int]) -> Counter[str]:
    numbered = appointments.c.reference.is_not(None)
    with line.database.read() as connection:
        booked = connection.scalar(select(func.count()).select_from(appointments).where(numbered))
    found = Counter(
        {
            "calls": town.calls,
            "callers left in silence": 0,
            "confirmations heard": len(town.heard),
            "appointments in the book": booked or 0,
            "messages sent": len(sent),
            "messages that came twice": sum(count > 1 for count in sent.values()),
        }
    )
    found.update({f"workers killed {point}": n for point, n in Counter(line.killed_at()).items()})
    found.update(weather.counts)
    found.update(town.exchange.counts)
    return found

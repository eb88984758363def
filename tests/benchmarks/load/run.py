"""One run of a load: on the line, or with the same arrivals on one of its floors."""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass

from tests.benchmarks.load.arrivals import at_random, percentile
from tests.benchmarks.load.conversations import Conversation, People, floor
from tests.benchmarks.load.line import Line
from tests.benchmarks.load.player import Heard, Player
from tests.benchmarks.load.server import BARE, SIGNED

FLOORS = {"bare": BARE, "signed": SIGNED}
NAMES = {"bare": "bare Flask route", "signed": "signature only", "line": "line"}

HEADING = (
    f"{'':<18}{'turns/s':>8}{'p50 ms':>8}{'p99 ms':>8}{'errors':>8}{'CPU ms/turn':>13}"
    f"{'of database':>13}   {'CPU s of each worker':<22}MB of each worker (RSS; PSS)"
)


@dataclass(frozen=True)
class Load:
    """So many turns a second, on average, for so long; the same turns for the same seed.

    The seconds of the warm-up come before and are not timed: in them callers come to be at
    different turns of their calls.
    """

    rate: float
    seconds: float
    seed: int = 1
    warm_up: float = 5
    callers_at_once: int | None = None

    @property
    def callers(self) -> int:
        """On average each caller presses a key a second, where nothing else is said."""
        return self.callers_at_once or max(8, round(self.rate))

    def moments(self) -> list[float]:
        """When turns arrive, the warm-up in front."""
        chance = random.Random(self.seed)  # noqa: S311  the same moments each time
        return at_random(self.rate, self.warm_up + self.seconds, chance)


@dataclass(frozen=True)
class Measured:
    """What callers heard, and what it cost in seconds of processor time."""

    name: str
    heard: Heard
    workers: list[float]
    database: float
    player: float
    megabytes: list[tuple[float, float]]

    @property
    def errors(self) -> int:
        """Answers that were not as they should be, or did not come."""
        return sum(self.heard.wrong.values())

    def milliseconds(self, percent: float) -> float:
        """Of so many percent of the answers the longest."""
        return percentile(self.heard.took, percent) * 1000

    @property
    def cost(self) -> float:
        """Milliseconds of the workers' processor time for each turn."""
        return sum(self.workers) / self.heard.answered * 1000

    @property
    def database_cost(self) -> float:
        """Milliseconds of the database server's processor time for each turn."""
        return self.database / self.heard.answered * 1000

    def __str__(self) -> str:
        cpu = " ".join(f"{each:.1f}" for each in self.workers)
        memory = ", ".join(f"{rss:.0f}; {pss:.0f}" for rss, pss in self.megabytes)
        return (
            f"{self.name:<18}{self.heard.rate:>8.1f}{self.milliseconds(50):>8.1f}"
            f"{self.milliseconds(99):>8.1f}{self.errors:>8}{self.cost:>13.2f}"
            f"{self.database_cost:>13.2f}   {cpu:<22}{memory}"
        )

    @property
    def player_words(self) -> str:
        """What the player itself took of the machine."""
        late = percentile(self.heard.late, 99) * 1000
        each = self.player / self.heard.answered * 1000
        return f"the player: {each:.2f} ms of CPU a turn; p99 of turns left {late:.1f} ms late"


def measure(line: Line, load: Load, what: str) -> Measured:
    """Turns at random moments, on the line or on one of `FLOORS`."""
    return _measure(
        line, what, load, lambda player: player.open(load.moments(), warm_up=load.warm_up)
    )


def saturate(line: Line, load: Load) -> Measured:
    """As many turns of calls as come through, from so many callers who never think."""
    end = time.perf_counter() + load.seconds
    return _measure(
        line, "line", load, lambda player: player.closed(lambda: time.perf_counter() < end)
    )


def play_calls(line: Line, people: People, calls: int, callers: int) -> Heard:
    """So many whole calls more, from callers who never think."""
    until = people.ended + calls
    with closing(Player(line.port, line.signature, people.calls(), callers)) as player:
        return player.closed(lambda: people.ended < until)


def conversations(load: Load, what: str) -> Iterator[Conversation]:
    """Calls, or requests to a floor."""
    if what in FLOORS:
        return floor(FLOORS[what])
    return People(random.Random(load.seed)).calls()  # noqa: S311  the same calls each time


def _measure(line: Line, what: str, load: Load, play: Callable[[Player], Heard]) -> Measured:
    player = Player(line.port, line.signature, conversations(load, what), load.callers)
    workers, database = line.cpu_seconds()
    mine = time.process_time()
    try:
        heard = play(player)
    finally:
        player.close()
    mine = time.process_time() - mine
    workers_after, database_after = line.cpu_seconds()
    used = [after - before for after, before in zip(workers_after, workers, strict=True)]
    memory = [each.megabytes for each in line.workers]
    return Measured(NAMES[what], heard, used, database_after - database, mine, memory)

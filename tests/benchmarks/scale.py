"""What the line bears: each figure with its bound; exits with 1 where one is missed.

uv run --group dev python -m tests.benchmarks.scale [tail errors throughput memory start]
"""

import argparse
import itertools
import os
import random
import statistics
import sys
from collections.abc import Callable, Iterator

from tests import twilio_api
from tests.benchmarks import cold_start
from tests.benchmarks.load.conversations import People
from tests.benchmarks.load.desk import Desk
from tests.benchmarks.load.line import DATABASES, Line, serving
from tests.benchmarks.load.run import Load, Measured, measure, play_calls, saturate
from tests.benchmarks.report import Bound
from tests.outside.running import OPENED

QUIET, BUSY, TWICE = 20, 100, 200
"""Turns a second."""

WORKERS = 2
ROUNDS = 3
CALLERS_A_WORKER = 8
POINTS = 10
"""How often memory is looked at during the long run."""


def tail(options: argparse.Namespace) -> Iterator[Bound]:
    """The slowest answers of a busy line, against the usual ones of a quiet one."""
    for database in options.databases:
        ratios = []
        with serving(database, WORKERS) as line:
            for seed in range(ROUNDS):
                quiet = measure(line, Load(QUIET, options.seconds, seed), "line")
                busy = measure(line, Load(BUSY, options.seconds, seed), "line")
                ratios.append(busy.milliseconds(99) / quiet.milliseconds(50))
                _say(f"  p50 at {QUIET} a second {quiet.milliseconds(50):.1f} ms; at {BUSY}:")
                _say(f"  {busy}")
        name = f"p99 at {BUSY} a second / p50 at {QUIET} ({database})"
        yield Bound(name, statistics.median(ratios), most=5)


def errors(options: argparse.Namespace) -> Iterator[Bound]:
    """Answers that are wrong at twice the rate, or that do not come."""
    for database in options.databases:
        with serving(database, WORKERS) as line:
            measured = measure(line, Load(TWICE, options.seconds), "line")
        _say(f"  {measured}")
        for fault, times in measured.heard.wrong.items():
            _say(f"  {times} times: {fault}")
        turns = f"{measured.heard.answered:,} turns"
        yield Bound(f"errors of {turns} at {TWICE} a second ({database})", measured.errors, most=0)


def throughput(options: argparse.Namespace) -> Iterator[Bound]:
    """As many turns as come through on so many cores, with a worker for each.

    Workers, PostgreSQL and the callers all share these cores, so that what is compared is the same
    work on more of them.
    """
    every = sorted(os.sched_getaffinity(0))
    counts = [2**n for n in range(10) if 2**n <= len(every)]
    rates: dict[tuple[int, int], list[float]] = {}
    try:
        for _ in range(ROUNDS):
            for cores, workers in [*((n, n) for n in counts), (counts[-1], 1)]:
                os.sched_setaffinity(0, every[:cores])
                measured = _saturated(workers, options.seconds)
                rates.setdefault((cores, workers), []).append(measured.heard.rate)
                _say(f"  {cores} cores, {workers} workers; {measured.player_words}\n  {measured}")
    finally:
        os.sched_setaffinity(0, every)
    rate = {key: statistics.median(found) for key, found in rates.items()}
    for (cores, workers), value in rate.items():
        yield Bound(f"turns a second on {cores} cores with {workers} workers (postgresql)", value)
    for fewer, more in itertools.pairwise(counts):
        grown = rate[more, more] / rate[fewer, fewer]
        yield Bound(f"{more} cores and workers / {fewer} (postgresql)", grown, least=1.5)


def _saturated(workers: int, seconds: float) -> Measured:
    with serving("postgresql", workers) as line:
        load = Load(0, seconds, callers_at_once=CALLERS_A_WORKER * workers)
        return saturate(line, load)


def memory(options: argparse.Namespace) -> Iterator[Bound]:
    """What each worker keeps, at ten points of many calls; employees work, and messages go out."""
    for database in options.databases:
        with (
            twilio_api.running(lambda: OPENED) as api,
            serving(database, WORKERS, api.url) as line,
        ):
            people, desk = People(random.Random(1)), Desk(line)  # noqa: S311  the same each time
            looks = [_most_kept(line, desk, people, options.calls // POINTS) for _ in range(POINTS)]
            _say(f"  Twilio got {len(api.callbacks):,} messages")
        name = f"MB of the largest worker in {options.calls:,} calls ({database})"
        yield Bound(name, max(looks), most=120)
        settled = looks[POINTS // 5 :]
        grown = statistics.mean(settled[-2:]) - statistics.mean(settled[:2])
        yield Bound(f"MB that it grows in the last 80 % of them ({database})", grown, most=4)


def _most_kept(line: Line, desk: Desk, people: People, calls: int) -> float:
    desk.works()
    heard = play_calls(line, people, calls, CALLERS_A_WORKER * WORKERS)
    kept = [each.megabytes for each in line.workers]
    shown = ", ".join(f"{rss:.1f}; {pss:.1f}" for rss, pss in kept)
    _say(f"  after {people.ended:,} calls, {heard.rate:.0f} turns a second: {shown}")
    for fault, times in heard.wrong.items():
        _say(f"  {times} times: {fault}")
    return max(rss for rss, _ in kept)


def start(options: argparse.Namespace) -> Iterator[Bound]:
    """From the start of the process to the first call that is answered."""
    del options
    return cold_start.bounds()


PARTS: dict[str, Callable[[argparse.Namespace], Iterator[Bound]]] = {
    each.__name__: each for each in (tail, errors, throughput, memory, start)
}


def main() -> int:
    """The parts that are asked for, or all of them."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.scale", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}")
    parser.add_argument("--seconds", type=float, default=30, help="each measurement (30)")
    parser.add_argument("--calls", type=int, default=100_000, help="of the long run (100000)")
    parser.add_argument(
        "--database", dest="databases", nargs="+", choices=DATABASES, default=DATABASES
    )
    options = parser.parse_args()
    if unknown := set(options.parts) - set(PARTS):
        parser.error(f"there is no part {', '.join(sorted(unknown))}")
    missed = 0
    for name in options.parts or PARTS:
        for bound in PARTS[name](options):
            _say(str(bound))
            missed += not bound.holds
    return 1 if missed else 0


def _say(words: str) -> None:
    print(words, flush=True)  # noqa: T201  its figures are what it is for


if __name__ == "__main__":
    sys.exit(main())

"""Lets a storm rage on the line, on both databases, and exits with 1 where anything was wrong.

uv run --group dev python -m tests.storm --calls 2000
"""

import argparse
import sys
from collections.abc import Iterable

from tests.storm.outcome import Outcome
from tests.storm.plan import Plan
from tests.storm.plants import PLANTS
from tests.storm.storm import rage
from tests.storm.weather import KILLS, RESTARTS

_BACKENDS = ("sqlite", "postgresql")


def main() -> int:
    """One storm on each database."""
    options = _options()
    given = {KILLS: options.kills, RESTARTS: options.restarts}
    faults = {name: count for name, count in given.items() if count is not None}
    backends = [options.database] if options.database else _BACKENDS
    plans = [
        Plan(
            backend,
            options.seed,
            options.minutes or (600 if options.calls else 2),
            options.calls or 1_000_000,
            options.plant,
            options.workers,
            options.callers,
            faults=faults,
        )
        for backend in backends
    ]
    return status(map(rage, plans))


def status(outcomes: Iterable[Outcome]) -> int:
    """Prints what came of each storm; 1 where anything was wrong."""
    wrong = 0
    for outcome in outcomes:
        print(outcome, flush=True)  # noqa: T201  its figures are what it is for
        wrong += len(outcome.wrong)
    return 1 if wrong else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.storm", description=__doc__)
    add = parser.add_argument
    add("--minutes", type=float, help="how long (default: 2)")
    add("--calls", type=int, help="or how many calls")
    add("--kills", type=int, help="how many workers are killed (default: one to 100 calls)")
    add("--restarts", type=int, help="of PostgreSQL (default: one to 2,000 calls)")
    add("--seed", type=int, default=1)
    add("--database", choices=_BACKENDS, help="only this one (default: both)")
    add("--plant", choices=PLANTS, default="", help="plant a bug, to be found")
    add("--workers", type=int, default=3, help="processes that answer (default: 3)")
    add("--callers", type=int, default=8, help="who ring at once (default: 8)")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())

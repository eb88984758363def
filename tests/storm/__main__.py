"""Lets a storm rage on the line, on both databases, and exits with 1 where anything was wrong.

uv run --group dev python -m tests.storm --calls 2000
"""

import argparse
import sys
from collections.abc import Iterable

from tests.storm.plants import PLANTS
from tests.storm.storm import Outcome, Plan, rage

_BACKENDS = ("sqlite", "postgresql")


def main() -> int:
    """One storm on each database."""
    parser = argparse.ArgumentParser(prog="python -m tests.storm", description=__doc__)
    parser.add_argument("--minutes", type=float, help="how long at most (default: 2)")
    parser.add_argument("--calls", type=int, help="how many calls at most")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", choices=_BACKENDS, help="only this one (default: both)")
    parser.add_argument("--plant", choices=PLANTS, default="", help="plant a bug, to be found")
    options = parser.parse_args()
    minutes = options.minutes or (600 if options.calls else 2)
    calls = options.calls or 1_000_000
    backends = [options.database] if options.database else _BACKENDS
    plans = [Plan(each, options.seed, minutes, calls, options.plant) for each in backends]
    return status(map(rage, plans))


def status(outcomes: Iterable[Outcome]) -> int:
    """Prints what came of each storm; 1 where anything was wrong."""
    wrong = 0
    for outcome in outcomes:
        print(outcome, flush=True)  # noqa: T201  its figures are what it is for
        wrong += len(outcome.wrong)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

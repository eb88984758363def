"""Plays calls at a rate on a real line, and prints what they bore beside two floors.

uv run --group dev python -m tests.benchmarks.load --rate 100 --seconds 60 --workers 2
"""

import argparse
import sys

from tests.benchmarks.load.line import DATABASES, serving
from tests.benchmarks.load.run import HEADING, Load, measure


def main() -> int:
    """The floors, then the line, all at the same arrivals; 1 where an answer was wrong."""
    options = _options()
    load = Load(options.rate, options.seconds, options.seed, options.warm_up)
    wrong = 0
    for database in options.database:
        _say(f"{database}, {options.workers} workers, {options.rate:g} turns a second at random")
        _say(HEADING)
        with serving(database, options.workers) as line:
            for what in ("bare", "signed", "line"):
                measured = measure(line, load, what)
                _say(str(measured))
                for fault, times in measured.heard.wrong.items():
                    _say(f"  {times} times: {fault}")
                wrong += measured.errors
            _say(f"  {measured.player_words}")
    return 1 if wrong else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.load", description=__doc__)
    parser.add_argument("--rate", type=float, default=100, help="turns a second (100)")
    parser.add_argument("--seconds", type=float, default=60, help="how long, of each (60)")
    parser.add_argument("--warm-up", type=float, default=5, help="before that, not timed (5)")
    parser.add_argument("--workers", type=int, default=2, help="processes of the line (2)")
    parser.add_argument("--seed", type=int, default=1, help="of the arrivals and the calls (1)")
    parser.add_argument("--database", nargs="*", choices=DATABASES, default=DATABASES)
    return parser.parse_args()


def _say(words: str) -> None:
    print(words, flush=True)  # noqa: T201  its figures are what it is for


if __name__ == "__main__":
    sys.exit(main())

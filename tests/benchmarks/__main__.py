"""Runs every benchmark and prints ratios; exits with 1 where a bound is missed.

uv run python -m tests.benchmarks
"""

import sys

from tests.benchmarks import codes, last_place, openings, pages, turns
from tests.benchmarks.books import databases


def main() -> int:
    """Everything, on both databases; 1 where a bound was missed."""
    missed = 0
    with databases() as books:
        for benchmark in (openings, last_place, turns, codes, pages):
            for backend, new_book in books.items():
                for bound in benchmark.bounds(backend, new_book):
                    print(bound, flush=True)  # noqa: T201  its figures are what it is for
                    missed += not bound.holds
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())

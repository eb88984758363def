"""Measures the appointment book beside django-appointment.

    uv run python -m tests.benchmarks.rival [--env DIRECTORY]

Prints both figures and their ratio, and exits 1 where a ratio is under its bound or where we made
an appointment too many. Only ratios are judged: both sides run on the same machine, one after the
other, each in a fresh process with its database in a file beside the rival's environment. How
django-appointment was set up, and why, is in `django_appointment.py`; ours is in `ours.py`.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.rival import workload
from tests.benchmarks.rival.environment import RIVAL, python_with_rival
from tests.benchmarks.rival.workload import Figures

ROOT = Path(__file__).parents[3]
HERE = "tests.benchmarks.rival"
TIME_LIMIT = 300  # seconds for one side, so that nothing hangs


@dataclass(frozen=True)
class Line:
    """One figure of both sides in words, and how many times better ours is and must be."""

    what: str
    theirs: str
    ours: str
    times: float
    at_least: float

    @property
    def holds(self) -> bool:
        """Whether the bound is met."""
        return self.times >= self.at_least

    def __str__(self) -> str:
        """Return the line of the table."""
        bound = f"at least {self.at_least:,.0f} x" + ("" if self.holds else "  MISSED")
        ratio = f"{self.times:,.1f} x"
        return f"{self.what:<38}{self.theirs:>15}{self.ours:>15}{ratio:>13}   {bound}"


def free_times(what: str, theirs: float, ours: float, at_least: float) -> Line:
    """Return a line about seconds, of which fewer are better."""
    in_words = f"{theirs * 1000:,.2f} ms", f"{ours * 1000:,.2f} ms"
    return Line(what, *in_words, theirs / ours, at_least)


def bookings(what: str, theirs: float, ours: float, at_least: float) -> Line:
    """Return a line about bookings a second, of which more are better."""
    in_words = f"{theirs:,.0f} /s", f"{ours:,.0f} /s"
    return Line(what, *in_words, ours / theirs, at_least)


def compare(theirs: Figures, ours: Figures) -> list[Line]:
    """Return the lines that are judged, each with its bound."""
    t, o = theirs, ours
    bare = (t.bare_bookings_per_second, o.bare_bookings_per_second)
    return [
        free_times("next three free times, 28 days full", t.full_seconds, o.full_seconds, 100),
        free_times("next three free times, 96 % taken", t.taken_seconds, o.taken_seconds, 25),
        bookings("bookings", t.bookings_per_second, o.bookings_per_second, 20),
        bookings("bookings, rival without HTTP and mail", *bare, 1),
    ]


def measured(python: Path, module: str, scratch: str) -> Figures:
    """Run one side in its own process, and read the document that it prints."""
    env = os.environ | {
        "DJANGO_SETTINGS_MODULE": f"{HERE}.django_settings",
        "BENCHMARK_DATABASE": str(Path(scratch) / module),
    }
    command = [str(python), "-m", f"{HERE}.{module}"]
    done = subprocess.run(  # noqa: S603  our own command
        command, cwd=ROOT, env=env, check=True, stdout=subprocess.PIPE, timeout=TIME_LIMIT
    )
    return Figures(**json.loads(done.stdout))


def report(theirs: Figures, ours: Figures) -> bool:
    """Print what was found, and return whether every bound is met."""
    lines = compare(theirs, ours)
    what = f"surplus of {workload.CLAIMANTS} for the last place, x {workload.ROUNDS}"
    bound = "none" + ("  MISSED" if ours.surplus else "")
    table = [
        f"{'':<30}{RIVAL:>23}{'ours':>15}{'ratio':>13}",
        *map(str, lines),
        f"{what:<38}{theirs.surplus:>15}{ours.surplus:>15}{'':>16}{bound}",
        "",
        "Each way that was tried to find the next three free times:",
    ]
    for side, figures in ((RIVAL, theirs), ("ours", ours)):
        ways = figures.ways.items()
        table += [f"{side}: {way}: {seconds * 1000:,.2f} ms" for way, seconds in ways]
    sys.stdout.write("\n".join([*table, ""]))
    return all(line.holds for line in lines) and not ours.surplus


def main() -> int:
    """Measure both sides, print the table, and return the exit code."""
    parser = argparse.ArgumentParser(description="The appointment book beside django-appointment.")
    default = Path(tempfile.gettempdir()) / f"rival-{os.getuid()}"
    parser.add_argument("--env", type=Path, default=default, help="where the rival is installed")
    home = parser.parse_args().env.absolute()
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    if home.stat().st_uid != os.getuid():
        sys.exit(f"{home} belongs to somebody else; name a directory of yours with --env")
    with tempfile.TemporaryDirectory(dir=home) as scratch:
        theirs = measured(python_with_rival(home), "django_appointment", scratch)
        ours = measured(Path(sys.executable), "ours", scratch)
    return 0 if report(theirs, ours) else 1


if __name__ == "__main__":
    sys.exit(main())

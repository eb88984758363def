"""A worker that takes the place of a dead one works by what the line was started with."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.outside.running import RunningLine, wait_for

_SECONDS_THAT_ARE_A_LIFE = 6
MONDAY = "2026-12-07"
CLOSURE = f"""
[[closures]]
name = {{ nl = "een verhuizing", en = "a move" }}
from = {MONDAY}T00:00:00
until = {MONDAY}T23:59:00
"""


@pytest.fixture
def line(tmp_path: Path) -> Iterator[RunningLine]:
    """A line of one worker, which has published its roster a while ago."""
    running = RunningLine(tmp_path)
    running.start()
    wait_for(lambda: published(running) == 1)
    since = time.monotonic()
    wait_for(lambda: time.monotonic() > since + _SECONDS_THAT_ARE_A_LIFE)
    yield running
    running.stop()


def published(line: RunningLine) -> int:
    """How many workers have looked at the roster."""
    return line.printed().count("roster published until")


def kill_worker(line: RunningLine) -> None:
    """Kills the one worker with -9."""
    children = Path(f"/proc/{line.pid}/task/{line.pid}/children").read_text(encoding="ascii")
    for child in children.split():
        if "resource_tracker" not in Path(f"/proc/{child}/cmdline").read_text(encoding="utf-8"):
            os.kill(int(child), signal.SIGKILL)


def is_open(line: RunningLine) -> bool:
    """Whether somebody can come on that Monday."""
    return MONDAY in line.flask("openings", "permit", "--count", "500", "--json").stdout


def test_it_leaves_a_roster_alone_that_was_published_since(line: RunningLine) -> None:
    """By the command, from a file in which a Monday is closed; the line was not started again."""
    assert is_open(line)
    file = line.folder / "scheduling" / "leiderdorp.toml"
    file.write_text(file.read_text(encoding="utf-8") + CLOSURE, encoding="utf-8")
    assert line.flask("roster", "publish").returncode == 0
    assert not is_open(line)
    kill_worker(line)
    wait_for(lambda: published(line) == 2)
    assert not is_open(line)

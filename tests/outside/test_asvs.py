"""The table of security points in the README names tests and files that there are."""

import re

import pytest

from tests.outside.running import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
TABLE = README.partition("## Security: ASVS")[2].partition("\n## ")[0]
NAMED = re.findall(r"`([a-z_/]+)::(test_[a-z0-9_]+)`", TABLE)
FILES = re.findall(r"`((?:ivr|web|scheduling|\.ci)/[a-z_.]+)`", TABLE)


def test_every_point_names_a_test() -> None:
    """A promise without a test is none."""
    points = [line for line in TABLE.splitlines() if re.match(r"\| V\d", line)]
    assert len(points) == len(NAMED) > 20


@pytest.mark.parametrize(("file", "test"), sorted(set(NAMED)))
def test_a_test_that_is_named_is_there(file: str, test: str) -> None:
    """Who renames a test finds it here."""
    text = (ROOT / "tests" / f"{file}.py").read_text(encoding="utf-8")
    assert f"def {test}(" in text


@pytest.mark.parametrize("file", sorted(set(FILES)))
def test_a_file_that_is_named_is_there(file: str) -> None:
    """Where a point is met can be read."""
    assert (ROOT / file).is_file()

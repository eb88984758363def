"""A folder of prompts that a test may change."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from prompts.catalogue import catalogue
from prompts.speech import Speech
from tests.prompts.languages import LANGUAGES, kept_in


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder with copies of the languages that ship, which the catalogue reads instead."""
    with kept_in(tmp_path) as path:
        yield path


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    """Each language that ships with the line, in turn."""
    return str(request.param)


@pytest.fixture
def speech(language: str) -> Speech:
    """How each language says numbers, times and days."""
    return catalogue(language).speech


@pytest.fixture
def dutch() -> Speech:
    """How Dutch says numbers, times and days."""
    return catalogue("nl").speech


@pytest.fixture
def english() -> Speech:
    """How English says numbers, times and days."""
    return catalogue("en").speech

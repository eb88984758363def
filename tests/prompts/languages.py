"""The languages that ship with the line, and a place to put others for the time of a test."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from prompts import catalogue as module
from prompts.catalogue import catalogue
from scheduling.municipality_file import LEIDERDORP

LANGUAGES = ("en", "nl")
SHIPPED = module.HERE


@contextmanager
def kept_in(folder: Path) -> Iterator[Path]:
    """The catalogue reads this folder, with copies of the languages that ship, instead."""
    for language in LANGUAGES:
        shutil.copy(SHIPPED / f"{language}.toml", folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "HERE", folder)
        catalogue.cache_clear()
        yield folder
    catalogue.cache_clear()


def change(folder: Path, language: str, old: str, new: str) -> int:
    """Writes something else in the file of a language; the line on which it stands."""
    path = folder / f"{language}.toml"
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} must stand once in {path.name}"
    path.write_text(text.replace(old, new), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def make_frisian(folder: Path) -> None:
    """A third language, made on the spot: Dutch with another locale and one word of its own."""
    dutch = (SHIPPED / "nl.toml").read_text(encoding="utf-8")
    frisian = dutch.replace('"nl-NL"', '"fy-NL"').replace("Voor Nederlands", "Foar Frysk")
    (folder / "fy.toml").write_text(frisian, encoding="utf-8")


def municipality_also_in(language: str, voice: str) -> str:
    """Leiderdorp's file with one more language everywhere; its words are the Dutch ones."""
    text = LEIDERDORP.read_text(encoding="utf-8")
    text = text.replace('languages = ["nl", "en"]', f'languages = ["nl", "en", "{language}"]')
    text = re.sub(r'^nl = (".*")$', rf"nl = \1\n{language} = \1", text, flags=re.MULTILINE)
    text = re.sub(r'\{ nl = (".*?"),', rf"{{ nl = \1, {language} = \1,", text)
    return text.replace(f'{language} = "Polly.Laura-Neural"', f'{language} = "{voice}"')

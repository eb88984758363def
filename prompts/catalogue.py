"""The sentences of one language, read from its file; a new language is a new file."""

import re
import string
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from prompts.speech import Speech

HERE = Path(__file__).parent


class Catalogue(BaseModel):
    """One language: its sentences (`prompts`), how it says dates and numbers (`speech`).

    `locale` is the BCP 47 tag by which the carrier's voices know the language.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    locale: str = Field(pattern=r"^[a-z]{2}-[A-Z]{2}$")
    speech: Speech
    prompts: dict[str, str]

    def say(self, key: str, words: Mapping[str, str]) -> str:
        """A sentence with its words filled in; raises KeyError for an unknown key or word."""
        return self.prompts[key].format_map(words)

    def variables(self, key: str) -> set[str]:
        """The names of the words that a sentence wants."""
        return {name for _, name, _, _ in string.Formatter().parse(self.prompts[key]) if name}


def languages() -> list[str]:
    """The languages there are: each file beside this module with two letters for a name is one."""
    return sorted(path.stem for path in HERE.glob("[a-z][a-z].toml"))


@cache
def catalogue(language: str) -> Catalogue:
    """The sentences of a language.

    Raises FileNotFoundError where it has no file, pydantic.ValidationError where it is broken.
    """
    return Catalogue.model_validate(tomllib.loads(path(language).read_text(encoding="utf-8")))


def path(language: str) -> Path:
    """The file of a language."""
    return HERE / f"{language}.toml"


def broken_files() -> list[str]:
    """What is wrong with the files of the languages, each by itself."""
    found = []
    for language in languages():
        try:
            catalogue(language)
        except tomllib.TOMLDecodeError as error:
            found.append(f"{path(language)}: is not TOML: {error}")
        except ValidationError as error:
            for each in error.errors(include_input=False):
                where = ".".join(map(str, each["loc"]))
                found.append(f"{path(language)}: {where}: {each['msg']}")
    return found


def differences() -> list[str]:
    """What is in one language and not in another: prompts, and the words in them."""
    found = []
    every = {language: catalogue(language) for language in languages()}
    keys = {key for each in every.values() for key in each.prompts}
    for key in sorted(keys):
        for language, each in every.items():
            if key not in each.prompts:
                found.append(f"{path(language)}: the prompt {key!r} is missing; write it there")
        having = {lang: each.variables(key) for lang, each in every.items() if key in each.prompts}
        wanted = set.union(*having.values())
        for language, there in having.items():
            if there != wanted:
                lacking = ", ".join(sorted(wanted - there))
                right = " and ".join(f"{{{name}}}" for name in sorted(wanted - there))
                found.append(
                    f"{path(language)}:{_line(language, key)}: the prompt {key!r} says nothing of"
                    f" {lacking}, other languages do; write {right} in it"
                )
    return found


def _line(language: str, key: str) -> int:
    lines = path(language).read_text(encoding="utf-8").splitlines()
    return next((n for n, line in enumerate(lines, 1) if re.match(rf"{key}\s*=", line)), 1)

"""The sentences of one language, read from its file; a new language is a new file."""

import re
import string
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from prompts.speech import Speech
from prompts.writing import Writing

HERE = Path(__file__).parent


class Catalogue(BaseModel):
    """One language: its sentences (`prompts`), how it says dates and numbers (`speech`).

    `texts` are the sentences of text messages, and `writing` is how dates stand in them: in digits.
    `locale` is the BCP 47 tag by which the carrier's voices know the language.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    locale: str = Field(pattern=r"^[a-z]{2}-[A-Z]{2}$")
    speech: Speech
    writing: Writing
    prompts: dict[str, str]
    texts: dict[str, str]

    def say(self, key: str, words: Mapping[str, str]) -> str:
        """A sentence with its words filled in; raises KeyError for an unknown key or word."""
        return self.prompts[key].format_map(words)

    def write(self, key: str, words: Mapping[str, str]) -> str:
        """A sentence of a text message, likewise."""
        return self.texts[key].format_map(words)

    def variables(self, key: str) -> set[str]:
        """The names of the words that a sentence wants."""
        return _variables(self.prompts[key])

    def written_day(self, day: date) -> str:
        """A day as it is written: "dinsdag 1 december 2026"."""
        names = self.speech.weekdays[day.weekday()], self.speech.months[day.month - 1]
        return self.writing.day(day, *names)


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
    """What is in one language and not in another: sentences, and the words in them."""
    every = {language: catalogue(language) for language in languages()}
    return [
        *_differences("prompt", {language: each.prompts for language, each in every.items()}),
        *_differences("text", {language: each.texts for language, each in every.items()}),
    ]


def _differences(kind: str, every: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    for key in sorted({key for each in every.values() for key in each}):
        for language in (language for language, each in every.items() if key not in each):
            yield f"{path(language)}: the {kind} {key!r} is missing; write it there"
        having = {lang: _variables(each[key]) for lang, each in every.items() if key in each}
        wanted = set.union(*having.values())
        for language in (language for language, there in having.items() if there != wanted):
            lacking = sorted(wanted - having[language])
            right = " and ".join(f"{{{name}}}" for name in lacking)
            yield (
                f"{path(language)}:{_line(language, f'{kind}s', key)}: the {kind} {key!r} says"
                f" nothing of {', '.join(lacking)}, other languages do; write {right} in it"
            )


def _variables(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def _line(language: str, section: str, key: str) -> int:
    lines = path(language).read_text(encoding="utf-8").splitlines()
    first = next((n for n, line in enumerate(lines) if line.startswith(f"[{section}]")), 0)
    found = (n for n, line in enumerate(lines, 1) if n > first and re.match(rf"{key}\s*=", line))
    return next(found, 1)

"""The sentences of one language, read from its file; a new language is a new file."""

import re
import string
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from prompts.speech import Speech
from prompts.writing import Writing

HERE = Path(__file__).parent


def _sentence(text: str) -> str:
    try:
        words = [word for _, word, _, _ in string.Formatter().parse(text) if word is not None]
    except ValueError:
        words = [""]
    if not all(word.isidentifier() for word in words):
        message = f"{text!r} has a brace too many or too few; write a word to fill in as {{word}}"
        raise ValueError(message)
    if not text.strip():
        raise ValueError("nothing is said; write a sentence")
    return text


class Catalogue(BaseModel):
    """One language: its sentences (`prompts`), how it says dates and numbers (`speech`).

    `texts` are the sentences of text messages, and `writing` is how dates stand in them: in digits.
    `printed` are words of the chart of the dialogue, which nobody says; a language can do without.
    `locale` is the BCP 47 tag by which the carrier's voices know the language.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    locale: str = Field(pattern=r"^[a-z]{2}-[A-Z]{2}$")
    speech: Speech
    writing: Writing
    prompts: dict[str, Annotated[str, AfterValidator(_sentence)]]
    texts: dict[str, Annotated[str, AfterValidator(_sentence)]]
    printed: dict[str, Annotated[str, AfterValidator(_sentence)]] = {}

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
    """What is wrong with the files of the languages, each by itself, with its line."""
    found = []
    for language in languages():
        try:
            catalogue(language)
        except tomllib.TOMLDecodeError as error:
            found.append(f"{path(language)}:{_broken_line(language, error)}: is not TOML: {error}")
        except ValidationError as error:
            for each in error.errors(include_input=False):
                name = ".".join(str(part) for part in each["loc"])
                keys = [part for part in each["loc"] if isinstance(part, str)]
                line = _line(language, *keys[:1], *keys[::-1])
                says = each["msg"].removeprefix("Value error, ")
                found.append(f"{path(language)}:{line}: {name}: {says}")
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
        having = {lang: _variables(each[key]) for lang, each in every.items() if key in each}
        example = next(iter(having))
        before = [*every[example]]
        before = before[: before.index(key)][::-1]
        for language in (language for language, each in every.items() if key not in each):
            there = (other for other in before if other in every[language])
            yield (
                f"{path(language)}:{_line(language, f'{kind}s', *there)}: the {kind} {key!r} is"
                f" missing; write it below this line; in {path(example).name} it is"
                f" {every[example][key]!r}"
            )
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


def _line(language: str, section: str = "", *keys: str) -> int:
    """The line of the first of these keys that is in a section of the file, or of the section."""
    lines = path(language).read_text(encoding="utf-8").splitlines()
    head = next((n for n, line in enumerate(lines, 1) if line.startswith(f"[{section}]")), 0)
    for key in keys:
        for n, line in enumerate(lines[head:], head + 1):
            if re.match(rf"{re.escape(key)}\s*=", line):
                return n
    return max(head, 1)


def _broken_line(language: str, error: tomllib.TOMLDecodeError) -> int:
    """The line that the reader names, or the last one where it names the end of the file."""
    named = re.search(r"at line (\d+)", str(error))
    return int(named[1]) if named else len(path(language).read_bytes().splitlines())

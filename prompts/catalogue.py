"""The sentences of one language, read from its file; a new language is a new file."""

import re
import string
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from prompts.speech import Speech

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

    `printed` are words of the chart of the dialogue, which nobody says; a language can do without.
    `locale` is the BCP 47 tag by which the carrier's voices know the language.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    locale: str = Field(pattern=r"^[a-z]{2}-[A-Z]{2}$")
    speech: Speech
    prompts: dict[str, Annotated[str, AfterValidator(_sentence)]]
    printed: dict[str, Annotated[str, AfterValidator(_sentence)]] = {}

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
    """What is wrong with the files of the languages, each by itself, with its line."""
    found = []
    for language in languages():
        try:
            catalogue(language)
        except tomllib.TOMLDecodeError as error:
            found.append(f"{path(language)}:{_broken_line(language, error)}: is not TOML: {error}")
        except ValidationError as error:
            for each in error.errors(include_input=False):
                names = [str(part) for part in each["loc"]]
                keys = [part for part in each["loc"] if isinstance(part, str)]
                says = each["msg"].removeprefix("Value error, ")
                found.append(
                    f"{path(language)}:{_line(language, *keys[::-1])}: {'.'.join(names)}: {says}"
                )
    return found


def differences() -> list[str]:
    """What is in one language and not in another: prompts, and the words in them."""
    found = []
    every = {language: catalogue(language) for language in languages()}
    keys = {key for each in every.values() for key in each.prompts}
    for key in sorted(keys):
        having = {lang: each.variables(key) for lang, each in every.items() if key in each.prompts}
        example = next(iter(having))
        before = [*every[example].prompts]
        before = before[: before.index(key)][::-1]
        for language, each in every.items():
            if key not in each.prompts:
                line = _line(language, *(other for other in before if other in each.prompts))
                found.append(
                    f"{path(language)}:{line}: the prompt {key!r} is missing; write it below this"
                    f" line; in {path(example).name} it is {every[example].prompts[key]!r}"
                )
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


def _line(language: str, *keys: str) -> int:
    """The line of the first of these keys that is in the file, as a key or as a table."""
    lines = path(language).read_text(encoding="utf-8").splitlines()
    for key in (*keys, "prompts"):
        for n, line in enumerate(lines, 1):
            if re.match(rf"\[{re.escape(key)}\]|{re.escape(key)}\s*=", line):
                return n
    return 1


def _broken_line(language: str, error: tomllib.TOMLDecodeError) -> int:
    """The line that the reader names, or the last one where it names the end of the file."""
    named = re.search(r"at line (\d+)", str(error))
    return int(named[1]) if named else len(path(language).read_bytes().splitlines())

"""What a step is: a frozen value that says what is asked, and where each answer leads.

The fields of a step are all that the call knows so far, and they are what is stored between two
turns. `ask` uses nothing else, so a request that comes twice is answered with the same words.
"""

from functools import cache, lru_cache
from threading import Lock
from types import GenericAlias
from typing import Any, ClassVar, TypeAlias, Union

import msgspec

from ivr.desk import Desk
from ivr.questions import Question


class Step(msgspec.Struct, frozen=True, tag_field="step", tag=True):
    """A place in the conversation."""

    kinds: ClassVar[dict[str, type["Step"]]] = {}

    holds: ClassVar[bool] = False
    """Whether times are held for the caller while he is here."""

    passing: ClassVar[bool] = False
    """Whether the caller never comes back to this step: it leaves the path with him."""

    final: ClassVar[bool] = False
    """Whether there is no way back from here: something has been done."""

    ends: ClassVar[bool] = False
    """Whether the call is over after what is said here."""

    last_resort: ClassVar[bool] = False
    """Whether nothing else is left to offer: who does not answer here is told when to ring."""

    def __init_subclass__(cls) -> None:
        """Makes the step known by its name, so that a stored one can be read back."""
        Step.kinds[cls.__name__] = cls

    def ask(self) -> Question:
        """What the caller hears, from the fields of the step alone."""
        raise NotImplementedError

    def answered(self, key: str, desk: Desk) -> "Step | Back | Path":
        """Where an answer leads; `key` is one that `ask` offered, or how a transfer ended."""
        raise NotImplementedError

    def silent(self, desk: Desk) -> "Step | Path | None":  # noqa: ARG002  mostly it is a miss
        """Where silence leads; to nothing, where it is a miss, as nearly everywhere."""
        return None

    def returned(self, desk: Desk) -> "Step":  # noqa: ARG002  most steps stay what they were
        """The step as it is when the caller comes back to it: times are offered anew."""
        return self

    def zero(self, desk: Desk) -> "Step | None":  # noqa: ARG002  most steps have no other way
        """Where the key for an employee leads, where that is not to one, as everywhere."""
        return None

    def language(self) -> str:
        """The language that is spoken from here on; empty for the one before."""
        return ""


class Back(msgspec.Struct, frozen=True):
    """Leads back: to the step before, or to the first one of the call; `notice` is said first."""

    to_first: bool = False
    notice: str = ""


Path: TypeAlias = tuple[Step, ...]
"""The steps of a call so far; the caller is at the last one."""


def encode(path: Path) -> str:
    """The steps as they are stored."""
    return msgspec.json.encode(path).decode()


@lru_cache(maxsize=1024)
def decode(stored: str) -> Path | None:
    """The steps that were stored, or None where this version of the line does not know one."""
    try:
        return _decoder().decode(stored)
    except msgspec.ValidationError:
        return None


_making = Lock()


def _decoder() -> "msgspec.json.Decoder[Path]":
    """Of any steps that there are, which are known once all of the dialogue is loaded.

    One thread makes it and all others wait: while msgspec looks into a type, other threads see it
    half done, and a process that decodes with that crashes.
    """
    with _making:
        return _made_decoder()


@cache
def _made_decoder() -> "msgspec.json.Decoder[Path]":
    any_step: Any = Union[tuple(Step.kinds.values())]  # noqa: UP007  of a tuple
    return msgspec.json.Decoder(GenericAlias(tuple, (any_step, ...)))

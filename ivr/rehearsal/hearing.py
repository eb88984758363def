"""What a caller hears at a question, counted: seconds of speech, options, times."""

from msgspec.structs import replace

from ivr.calls import Call
from ivr.questions import Clock, Count, Entry, Line, Menu, Pause, Prompt
from ivr.questions import Farewell as Plain
from ivr.speaker import Said, Speaker
from prompts.catalogue import catalogue

WORDS_A_MINUTE = 150
SHARED = frozenset({"employee", "language"})
"""The options that do not count among a menu's own."""


def seconds(words: str) -> float:
    """How long it takes to say."""
    return round(len(words.split()) * 60 / WORDS_A_MINUTE, 1)


def words(speaker: Speaker, call: Call) -> str:
    """All that is said at the question."""
    return _said(speaker.says(call.path[-1].ask(), call.asks))


def line(speaker: Speaker, call: Call, *lines: Line) -> str:
    """Some lines, as they would be said in this call."""
    return _said(speaker.says(Plain(lines), call.asks._replace(notice="")))


def _said(pieces: list[Said]) -> str:
    return " ".join(piece.words for piece in pieces if not isinstance(piece, Pause))


def waits(call: Call) -> bool:
    """Whether the line waits for a key after what it says, and nothing final was said."""
    return isinstance(call.path[-1].ask(), Menu | Entry) and not call.path[-1].final


def options(speaker: Speaker, call: Call) -> int:
    """How many things a menu names of its own; a choice that is called "x of y" is two."""
    question = call.path[-1].ask()
    if not isinstance(question, Menu):
        return 0
    either = f" {catalogue(call.language).printed.get('or', '')} "
    own = [prompt for prompt in question.options.values() if prompt.key not in SHARED]
    return sum(1 + _option(speaker, call, each).count(either) for each in own)


def times(call: Call) -> int:
    """How many clock times a menu has for choices."""
    question = call.path[-1].ask()
    if not isinstance(question, Menu):
        return 0
    values = [prompt.values.values() for prompt in question.options.values()]
    return sum(any(isinstance(value, Clock) for value in each) for each in values)


def first_option(speaker: Speaker, call: Call) -> float:
    """Seconds until the caller has heard the first thing that he can choose."""
    question = call.path[-1].ask()
    if not isinstance(question, Menu) or not question.options:
        return 0.0
    before = line(speaker, call, *question.intro, *question.core)
    option = _option(speaker, call, next(iter(question.options.values())))
    return seconds(f"{before} {option.rpartition(':')[0]}")


def _option(speaker: Speaker, call: Call, prompt: Prompt) -> str:
    return line(speaker, call, replace(prompt, values={**prompt.values, "key": Count(1)}))

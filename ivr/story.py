"""The story of a call: one word for each turn, kept in its row, for support and for the figures.

A word is the name of the step that was asked, with what the caller came for (`=service*persons`),
what was done in it (`:reference`), and `~` for silence or `!` for a wrong key before it. Numbers
and keys of a caller are in none of them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from ivr.step import Step

NO_INPUT, NO_MATCH = "no_input", "no_match"

_MARKS = {NO_INPUT: "~", NO_MATCH: "!", "": ""}
_MISSES = {mark: missed for missed, mark in _MARKS.items() if mark}
_DONE = {"Booked": "booked", "Moved": "moved", "Cancelled": "cancelled"}
_LONGEST = 4000
"""A caller who walks in circles does not make the row grow without end."""

_CUT = "…"


@dataclass(frozen=True)
class Told:
    """One turn: the step that was asked, after which miss, and what it was about."""

    step: str
    missed: str = ""
    service: str = ""
    persons: int = 0
    reference: str = ""

    @property
    def done(self) -> str:
        """What was done: booked, moved or cancelled; empty for a question."""
        return _DONE.get(self.step, "") if self.reference else ""


def goes_on(story: str, step: Step, missed: str) -> str:
    """The story with one turn more."""
    longer = f"{story} {_word(step, missed)}" if story else _word(step, missed)
    if len(longer) <= _LONGEST:
        return longer
    return f"{_CUT} {longer[-_LONGEST:].partition(' ')[2]}"


def read(story: str) -> list[Told]:
    """The turns of a story, the first one first; an oldest part that was cut off is not there."""
    return [_told(word) for word in story.split() if word != _CUT]


def is_cut(story: str) -> bool:
    """Whether the call was so long that its beginning is forgotten."""
    return story.startswith(_CUT)


def outcome(story: str) -> str:
    """What came of a call, in one word: the first of these that fits."""
    found = {told.done or told.step for told in read(story)}
    return next((word for word, steps in _OUTCOMES.items() if steps & found), "left")


def spoke(story: str) -> bool:
    """Whether an employee was reached, as far as the line was told."""
    names = [told.step for told in read(story)]
    return any(here == "CallAgent" and then == "Goodbye" for here, then in pairwise(names))


_OUTCOMES = {
    "booked": {"booked"},
    "moved": {"moved"},
    "cancelled": {"cancelled"},
    "call_back": {"CallBackNoted"},
    "employee": {"CallAgent"},
    "told": {"Existing", "Over", "Texted", "EnoughTexts"},
    "closed": {"Closed"},
    "nothing_free": {"NothingFree"},
}
"""Each outcome, and the steps or deeds that make it."""

OUTCOMES = (*_OUTCOMES, "left")


def _word(step: Step, missed: str) -> str:
    name, about, reference = type(step).__name__, "", ""
    errand = getattr(step, "errand", None)
    if errand is not None:
        about = f"={errand.wish.service}*{errand.wish.persons}"
        if name == "Booked":
            reference = f":{getattr(step, 'reference', '')}"
            name = "Moved" if errand.moves else name
        elif name == "Cancelled" and errand.moves:
            reference = f":{errand.moves.reference}"
    elif service := getattr(step, "service", ""):
        about = f"={service}"
    return f"{name}{_MARKS[missed]}{about}{reference}"


def _told(word: str) -> Told:
    rest, _, reference = word.partition(":")
    name, _, about = rest.partition("=")
    missed = _MISSES.get(name[-1:], "")
    service, _, persons = about.partition("*")
    return Told(name.rstrip("~!"), missed, service, int(persons or 0), reference)


def services(turns: list[Told]) -> Iterator[tuple[str, int]]:
    """What the caller came for, each once, in the order in which he chose; 0 persons: not said."""
    chosen = [(told.service, told.persons) for told in turns if told.persons]
    named = {service for service, _ in chosen}
    chosen += [(t.service, 0) for t in turns if t.service and t.service not in named]
    yield from dict.fromkeys(chosen)

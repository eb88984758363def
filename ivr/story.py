"""The story of a call: one word for each turn, kept in its row, for support and for the figures.

A word is the name of the step that was asked, `~` for silence or `!` for a wrong key before it, and
the service that the caller came for (`=service`). No digit is in it, whatever the caller keyed in:
no number, no reference, not even for how many persons.
"""

from itertools import pairwise

from msgspec import Struct

from ivr.step import Step

NO_INPUT, NO_MATCH = "no_input", "no_match"

_MARKS = {NO_INPUT: "~", NO_MATCH: "!", "": ""}
_MISSES = {mark: missed for missed, mark in _MARKS.items() if mark}
_DONE = {"Booked": "booked", "Moved": "moved", "Cancelled": "cancelled"}
_LONGEST = 4000
"""A caller who walks in circles does not make the row grow without end."""

_CUT = "…"


class Told(Struct, frozen=True):
    """One turn: the step that was asked, after which miss, and what it was about."""

    step: str
    missed: str = ""
    service: str = ""

    @property
    def done(self) -> str:
        """What was done: booked, moved or cancelled; empty for a question."""
        return _DONE.get(self.step, "")


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
    name, errand = type(step).__name__, getattr(step, "errand", None)
    if errand is None:
        service = getattr(step, "service", "")
    else:
        service = errand.wish.service
        if name == "Booked" and errand.moves:
            name = "Moved"
    return f"{name}{_MARKS[missed]}={service}" if service else f"{name}{_MARKS[missed]}"


def _told(word: str) -> Told:
    name, _, service = word.partition("=")
    return Told(name.rstrip("~!"), _MISSES.get(name[-1:], ""), service)


def services(turns: list[Told]) -> list[str]:
    """What the caller came for, each once, in the order in which he chose."""
    return list(dict.fromkeys(told.service for told in turns if told.service))


def done(turns: list[Told]) -> list[Told]:
    """What was done, one after another; whoever hears it again has not done it again."""
    return [
        here
        for before, here in pairwise([Told(""), *turns])
        if here.done and here.step != before.step
    ]

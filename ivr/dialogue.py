"""How a call moves on by one answer: what holds for every step stands here once."""

from msgspec import Struct

from ivr.agents import CallAgent, Goodbye, RingLater, employee
from ivr.calls import Call
from ivr.closed import begin
from ivr.desk import Desk
from ivr.questions import Entry, Menu
from ivr.step import Back, Path, Step
from ivr.story import NO_INPUT, NO_MATCH
from scheduling.errors import OpeningTaken

MOST_MISSES = 3
"""After so many silences, or so many wrong keys, at one question a human takes over."""

_LONGEST_PATH = 20
"""A caller who walks in circles does not make the stored call grow without end."""


class Answer(Struct, frozen=True):
    """What came back for a question: keys (None for silence), or how a transfer ended."""

    key: str | None = None
    transfer: str | None = None


def greet(sid: str, desk: Desk) -> Call:
    """A new call, at its first question."""
    first = begin(desk)
    return Call(sid, 1, (first,), desk.municipality.languages[0], desk.now, ended=first.ends)


def hand_over(call: Call, path: Path, desk: Desk) -> Call:
    """A call that an agent hands over, on its path."""
    return _elsewhere(call._replace(heard_at=desk.now, notice=""), path, desk)


def hear(call: Call, answer: Answer, desk: Desk) -> Call:
    """The call after an answer. The star leads back, the hash says the question again."""
    told, call = call.notice, call._replace(heard_at=desk.now, notice="", missed="")
    if not call.path:
        desk.release()
        return greet(call.sid, desk)._replace(turn=call.turn, story=call.story)
    here = call.path[-1]
    question = here.ask()
    if isinstance(here, CallAgent):
        return _on(call, here.answered(answer.transfer or "failed", desk), desk)
    if isinstance(question, Menu | Entry):
        if answer.key is None:
            return _silent(call, told, desk)
        return _heard_key(call, question, answer.key, desk)
    return call


def _heard_key(call: Call, question: Menu | Entry, key: str, desk: Desk) -> Call:
    here = call.path[-1]
    leads = _leads(here, question, key, desk)
    if leads is None:
        wrong = question.wrong if isinstance(question, Entry) else NO_MATCH
        return _missed(call._replace(no_match=call.no_match + 1), wrong, desk)
    if isinstance(leads, Back):
        return _back(call, leads, desk)
    if isinstance(leads, tuple):
        return _for_caller(call, leads, desk)
    return _on(call, leads, desk) if leads is not here else _afresh(call, desk)


def _silent(call: Call, told: str, desk: Desk) -> Call:
    """A miss, or the end; while nobody may be there yet who listens, all of it once more."""
    here = call.path[-1]
    leads = here.silent(desk)
    if isinstance(leads, tuple):
        return _for_caller(call, leads, desk)
    if leads:
        return _on(call, leads, desk)
    if told == "handed_here" and desk.awaits_caller:
        return _for_caller(call, call.path, desk)
    if here.final:
        return _on(call, Goodbye(), desk)
    return _missed(call._replace(no_input=call.no_input + 1, slow=True), NO_INPUT, desk)


def _leads(here: Step, question: Menu | Entry, key: str, desk: Desk) -> Step | Back | Path | None:
    """Where keys lead; None where they mean nothing here.

    A star among digits leads back too: somebody who noticed a slip presses it.
    """
    if key == "#":
        return here
    if key == "*" or (isinstance(question, Entry) and key.endswith("*")):
        return Back()
    if key == "0":
        return here.zero(desk) or employee(desk)
    return here.answered(key, desk) if question.accepts(key) else None


def _missed(call: Call, kind: str, desk: Desk) -> Call:
    """The same question in other words, and after the last miss a human."""
    here = call.path[-1]
    is_silence = kind == NO_INPUT
    misses = call.no_input if is_silence else call.no_match
    call = call._replace(missed=NO_INPUT if is_silence else NO_MATCH)
    if misses < MOST_MISSES:
        return _same(call._replace(notice=f"{kind}_{misses}"), desk)
    if here.final:
        return _on(call, Goodbye(), desk)
    if here.last_resort:
        return _on(call, RingLater(), desk)
    return _on(call, employee(desk, lead="give_up"), desk)


def _on(call: Call, step: Step, desk: Desk) -> Call:
    """The call one step further."""
    kept = call.path[:-1] if call.path[-1].passing else call.path
    path = (step,) if step.final else _bounded((*kept, step))
    return _at(call, path, step.language() or call.language, desk)


def _elsewhere(call: Call, path: Path, desk: Desk) -> Call:
    """The call on another path, in the language with which that begins."""
    return _at(call, path, path[0].language() or call.language, desk)


def _for_caller(call: Call, path: Path, desk: Desk) -> Call:
    """The call on a path that begins for a caller whom an agent may be putting through now."""
    return _same(_elsewhere(call._replace(notice="handed_here"), path, desk), desk)


def _back(call: Call, leads: Back, desk: Desk) -> Call:
    """The call one step back, or at its first step."""
    if len(call.path) == 1:
        return _afresh(call, desk)
    kept = call.path[: _first(call.path) + 1] if leads.to_first else call.path[:-1]
    try:
        path = (*kept[:-1], kept[-1].returned(desk))
    except OpeningTaken:
        return _back(call._replace(path=kept), Back(notice="opening_taken"), desk)
    language = call.language
    if call.path[-1].language() and not leads.to_first:
        language = path[-1].language() or desk.municipality.languages[0]
    return _at(call._replace(notice=leads.notice), path, language, desk)


def _bounded(path: Path) -> Path:
    """The path, where it is too long without its oldest step after the greeting."""
    if len(path) <= _LONGEST_PATH:
        return path
    oldest = min(_first(path[:-1]) + 1, len(path) - 2)
    return (*path[:oldest], *path[oldest + 1 :])


def _first(path: Path) -> int:
    """Where the greeting stands in a path, in the language that the caller chose last."""
    return max((n for n, step in enumerate(path) if step.language()), default=0)


def _at(call: Call, path: Path, language: str, desk: Desk) -> Call:
    """The call at the last step of a path, with a clean slate for misses."""
    may_hold = not call.path or call.path[-1].holds
    if may_hold and not path[-1].holds:
        desk.release()
    return call._replace(path=path, language=language, no_input=0, no_match=0, ended=path[-1].ends)


def _afresh(call: Call, desk: Desk) -> Call:
    """The same question in full, as if it had not been asked yet."""
    return _same(call._replace(no_input=0, no_match=0), desk)


def _same(call: Call, desk: Desk) -> Call:
    """The same question once more; what is held for the caller stays held."""
    if call.path[-1].holds:
        desk.refresh()
    return call

"""Twilio's requests: who may send them, what they say, and the document that goes back."""

import logging
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from flask import Blueprint, Response, abort, current_app, request

from ivr import story
from ivr.endings import Endings
from ivr.handover_tokens import HEADER, code_in
from ivr.line import Event, Line, Replayed, Said
from ivr.logs import Fields
from ivr.metrics import CALLS, FALLBACKS, code_of, counted, timed
from ivr.phone_numbers import of_caller
from ivr.signature import Signature, is_signed
from ivr.whisper import Whisper
from scheduling import spent

log = logging.getLogger(__name__)

OVER = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})
"""The CallStatus of a call that is no more."""

_XML = "text/xml; charset=utf-8"
_CALL_SID = re.compile(r"[A-Za-z0-9_-]{1,64}")

voice = Blueprint("voice", __name__)


@dataclass(frozen=True)
class Door:
    """What the telephone's requests need; the clock tells UTC, `secret` signs handovers."""

    line: Line
    signature: Signature
    clock: Callable[[], datetime]
    secret: str
    whisper: Whisper
    endings: Endings


def door() -> Door:
    """The telephone's door of the running application."""
    found: Door = current_app.extensions["telephone"]
    return found


@voice.before_request
def refuse_unsigned() -> None:
    """403 for whatever Twilio did not sign; nothing is read or changed before this."""
    if not is_signed(door().signature):
        counted("unsigned", "refused").inc()
        log.warning("refused: no valid signature for PUBLIC_URL by a token of ours")
        abort(403)
    if not _CALL_SID.fullmatch(request.form.get("CallSid", "")):
        abort(400)


@voice.post("/voice")
def answer_call() -> Response:
    """A call comes in."""
    return _answer("call", door().line.answer)


@voice.post("/voice/handover")
def answer_handover() -> Response:
    """An agent hands a call over: with a token, or with a code that he keys in."""
    told = request.args.get("token", request.form.get(HEADER))
    if told is None:
        return _answer("handover", partial(door().line.handed, None))
    code = code_in(told, door().secret, door().clock())
    if not code:
        log.warning("call %s: the token of a handover is not believed", request.form["CallSid"])
    return _answer("handover", partial(door().line.handed, code))


@voice.post("/voice/turns/<int:number>")
def answer_turn(number: int) -> Response:
    """The caller pressed a key, was silent, or comes back from an employee."""
    return _answer("turn", partial(door().line.turn, number))


@voice.post("/voice/whisper")
def answer_whisper() -> Response:
    """An agent's telephone is answered: he hears who is calling."""
    return _whispered(door().whisper.tell)


@voice.post("/voice/whisper/answer")
def answer_whispered() -> Response:
    """The agent takes the call, or does not."""
    key = request.form.get("Digits") or None
    return _whispered(lambda caller, now: door().whisper.answer(caller, key, now))


def _whispered(work: Callable[[str, datetime], str]) -> Response:
    """The document for the agent's telephone; where something goes wrong, he is connected."""
    caller = request.form.get("ParentCallSid", "")
    try:
        document = work(caller, door().clock())
    except Exception:  # an agent without a word is better than a caller without an agent
        log.exception("call %s: whisper failed", caller)
        document = door().line.writer.nothing()
    return Response(document, content_type=_XML)


@voice.post("/voice/fallback")
def answer_fallback() -> Response:
    """Something went wrong on the way; a live call goes on where it was."""
    code = code_of(request.form.get("ErrorCode", ""))
    FALLBACKS.labels(code).inc()
    log.warning({"call": request.form["CallSid"], "kind": "fallback", "error_code": code})
    return _answer("fallback", door().line.resume)


@voice.post("/voice/status")
def note_status() -> Response:
    """The call is over: what was held for it is free again."""
    event = _event()
    if not event.is_over:
        return Response(status=204)
    try:
        said = door().line.end(event, door().clock())
    except Exception:
        log.exception("call %s: end failed", event.sid)
        door().endings.add(event)
        return Response(status=503, content_type=_XML)
    came_of_it = _over(said)
    log.info(Fields(f'"call": "{event.sid}", "kind": "end", "outcome": "{came_of_it or "over"}"'))
    return Response(status=204)


def _over(said: Said) -> str:
    """Counts a call that has come to its end by this, once; what came of it."""
    if said.story is None:
        return ""
    found = story.outcome(said.story)
    CALLS.labels(found).inc()
    return found


def _answer(kind: str, work: Callable[[Event, datetime], Said]) -> Response:
    """The document for one event; whatever goes wrong, the caller hears something sensible."""
    started, spent_before = time.perf_counter(), spent.seconds()
    here, event = door(), _event()
    now = here.clock()
    try:
        said = work(event, now)
    except Replayed:
        said = Said("", "replayed")
    except Exception:  # nobody is left in silence, whatever happened
        log.exception("call %s: %s failed", event.sid, kind)
        said = Said(here.line.apologise(event, now), "failed")
    _over(said)
    seconds = time.perf_counter() - started
    counted(kind, said.outcome, said.step).inc()
    whole, database = timed(kind)
    whole.observe(seconds)
    database.observe(spent.seconds() - spent_before)
    log.info(
        Fields(
            f'"call": "{event.sid}", "kind": "{kind}", "step": "{said.step}", '
            f'"outcome": "{said.outcome}", "next": "{said.asked}", "ms": {seconds * 1000:.1f}'
        )
    )
    status = 200 if said.document else 403
    return Response(said.document, status, content_type=_XML)


def _event() -> Event:
    """What the request tells; blank Digits are silence, unless a key has ended them."""
    form = request.form
    return Event(
        form["CallSid"],
        form.get("Digits") or form.get("FinishedOnKey") or None,
        form.get("DialCallStatus"),
        form.get("CallStatus") in OVER,
        of_caller(form.get("From", "")),
    )

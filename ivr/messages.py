"""Twilio's requests about text messages: one that came in, and how one fares that was sent."""

import logging
import re

from flask import Blueprint, Response, abort, current_app, request

from ivr.gateway import STATES
from ivr.inbox import Inbox, Incoming
from ivr.metrics import counted, note_refusal
from ivr.signature import is_signed
from ivr.webhooks import door
from scheduling import deliveries
from scheduling.deliveries import Report

log = logging.getLogger(__name__)

_SID = re.compile(r"[A-Za-z0-9]{1,64}")
_ROW = re.compile(r"[0-9]{1,9}")
_XML = "text/xml; charset=utf-8"

messages = Blueprint("messages", __name__)


def inbox() -> Inbox:
    """What answers messages in the running application."""
    found: Inbox = current_app.extensions["inbox"]
    return found


@messages.before_request
def refuse_unsigned() -> None:
    """403 for whatever Twilio did not sign; nothing is read or changed before this."""
    if not is_signed(door().signature):
        counted("unsigned", "refused").inc()
        abort(403)
    if not _SID.fullmatch(request.form.get("MessageSid", "")):
        abort(400)


@messages.post("/messages")
def answer_message() -> Response:
    """A message came in."""
    form = request.form
    handled = form.get("OptOutType", "") != ""
    message = Incoming(form["MessageSid"], form.get("From", ""), form.get("Body", ""), handled)
    outcome = "answered"
    try:
        words = inbox().answer(message, door().clock())
    except Exception:  # who wants to cancel must not believe that he has
        outcome = "failed"
        log.exception("message %s: answer failed", message.sid)
        words = inbox().apology(message)
    counted("message", outcome).inc()
    log.info({"message": message.sid, "kind": "message", "outcome": outcome})
    return Response(door().line.writer.message(words), content_type=_XML)


@messages.post("/messages/status")
def note_status() -> Response:
    """How a sent message fares; a status that we do not know changes nothing."""
    form = request.form
    state = STATES.get(form.get("MessageStatus", ""))
    row = request.args.get("message", "")
    if state is None:
        return Response(status=204)
    if state == "failed":
        note_refusal(form.get("ErrorCode", ""))
    report = Report(
        form["MessageSid"],
        state,
        (form.get("ErrorCode") or None) if state == "failed" else None,
        int(row) if _ROW.fullmatch(row) else None,
    )
    try:
        now = door().clock()
        inbox().database.transact(lambda connection: deliveries.note(connection, report, now))
    except Exception:  # Twilio says so in its own log
        log.exception("message %s: status failed", report.sid)
        return Response(status=503)
    return Response(status=204)

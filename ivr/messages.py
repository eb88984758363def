"""Text messages that come in: this number does not read them, and says where to go instead."""

from flask import Blueprint, Response, abort, request

from ivr.signature import is_signed
from ivr.webhooks import door

messages = Blueprint("messages", __name__)


@messages.before_request
def refuse_unsigned() -> None:
    """403 for whatever Twilio did not sign."""
    if not is_signed(door().signature):
        abort(403)


@messages.post("/messages")
def answer_message() -> Response:
    """One helpful answer to whatever was sent."""
    language = door().line.calendar.municipality.languages[0]
    document = door().line.writer.message("text_message", language)
    return Response(document, content_type="text/xml; charset=utf-8")


@messages.post("/messages/status")
def note_status() -> Response:
    """How a sent message fares: nothing is sent yet, so nothing is to be noted."""
    request.get_data()
    return Response(status=204)

"""The entrance that several municipalities share: it leads each request to one of them, whole.

A path below `/NAME/` is that municipality's; at the shared address the number dialled decides.
Each has an application of its own, which checks the signature with its own tokens and knows its own
book only: what is sent to the wrong one finds nothing there.
"""

import logging
from collections.abc import Iterable, Mapping
from io import BytesIO
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Request

from ivr.inbox import Incoming
from ivr.logs import MUNICIPALITY
from ivr.messages import inbox, messages
from ivr.refusals import MOST_BYTES
from ivr.shared_address import shared_address, unknown
from ivr.signature import ASKED_AT
from ivr.webhooks import door, voice

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = logging.getLogger(__name__)

OURS: Mapping[str, str] = {
    "/voice": "To",
    "/voice/handover": "To",
    "/voice/fallback": "To",
    "/voice/status": "To",
    "/messages": "To",
    "/messages/status": "From",
}
"""What Twilio asks at the shared address, and the field in which our number stands."""

ELSEWHERE = "numbers_of_others"
"""Of an application: the numbers (E.164) of the other municipalities."""

_PER_CALL = frozenset({"answer_call", "answer_handover", "answer_turn", "answer_fallback"})


class Entrance:
    """Answers for municipalities by name at a URL, and each below its name.

    `whose` tells whose a number (E.164) is.
    """

    def __init__(self, url: str, apps: Mapping[str, Flask], whose: Mapping[str, str]) -> None:
        self.apps, self.whose, self._url = apps, whose, url
        self._path = urlsplit(url).path
        self._shared = shared_address(url, apps)
        for name, app in apps.items():
            others = frozenset(number for number, other in whose.items() if other != name)
            app.extensions[ELSEWHERE] = others

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answers one request."""
        asked = environ.get("PATH_INFO", "")
        if self._path and (asked == self._path or asked.startswith(f"{self._path}/")):
            asked = asked.removeprefix(self._path)
        name, slash, rest = asked.removeprefix("/").partition("/")
        path = slash + rest
        # What a process counts is that of all together, and is told at the shared address only.
        if name in self.apps and path != "/metrics":
            return self._answers(name, environ | {"PATH_INFO": path}, start_response)
        environ = environ | {"PATH_INFO": asked}
        if asked in OURS and (name := self._dialled(OURS[asked], environ)):
            return self._answers(name, environ | {ASKED_AT: self._url}, start_response)
        return self._shared.wsgi_app(environ, start_response)

    def _answers(
        self, name: str, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        told = MUNICIPALITY.set(name)
        try:
            answer: WSGIApplication = self.apps[name]
            return answer(environ, start_response)
        finally:
            MUNICIPALITY.reset(told)

    def _dialled(self, field: str, environ: "WSGIEnvironment") -> str:
        """Whose number was dialled; the form can be read again after it."""
        asked = Request(environ, populate_request=False)
        asked.max_content_length = MOST_BYTES
        try:
            body = asked.get_data()
        except HTTPException:
            return ""  # the shared address refuses it for the same reason
        environ |= {"CONTENT_LENGTH": str(len(body)), "wsgi.input": BytesIO(body)}
        number = Request(environ, populate_request=False).form.get(field, "")
        environ["wsgi.input"] = BytesIO(body)
        return self.whose.get(number, "")


@voice.before_request
def refuse_others_call() -> Response | None:
    """A call to another municipality's number was sent to this one: nothing of either is told."""
    if (request.endpoint or "").removeprefix("voice.") in _PER_CALL and _is_anothers():
        return unknown()
    return None


@messages.before_request
def refuse_others_message() -> Response | None:
    """A message to another's number: who wants to cancel hears that he has not."""
    if request.endpoint != "messages.answer_message" or not _is_anothers():
        return None
    log.error("message %s: to a number of another municipality", request.form["MessageSid"])
    form = request.form
    message = Incoming(form["MessageSid"], form.get("From", ""), form.get("Body", ""))
    words = inbox().apology(message)
    return Response(door().line.writer.message(words), content_type="text/xml; charset=utf-8")


def _is_anothers() -> bool:
    others: frozenset[str] = current_app.extensions.get(ELSEWHERE, frozenset())
    return request.form.get("To", "") in others

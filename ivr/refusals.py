"""What is refused at the telephone's doors says nothing: a body of text would be read aloud."""

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

MOST_BYTES = 128 * 1024
"""Of a request, whoever sends it: a form of Twilio's or of a page has a few thousand.

More is refused before it is read, so that nobody fills the memory or the disk without a signature.
"""

_DOORS = ("/voice", "/messages")


def refuse_silently(app: Flask) -> None:
    """Lets refusals at the telephone's doors be empty, also of what no door there answers."""
    app.config["MAX_CONTENT_LENGTH"] = MOST_BYTES
    app.register_error_handler(HTTPException, _refused)


def _refused(error: HTTPException) -> HTTPException | Response:
    if not request.path.startswith(_DOORS):
        return error
    # Werkzeug's answer has the headers that belong to it, such as which methods are allowed.
    headers = [(name, value) for name, value in error.get_headers() if name != "Content-Type"]
    return Response(status=error.code, headers=headers, content_type="text/xml; charset=utf-8")

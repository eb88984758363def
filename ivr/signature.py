"""Refuses what Twilio did not sign.

X-Twilio-Signature is base64(HMAC-SHA1(auth token, public URL + each POST key and value in order)).
It is checked against the configured public URL, never against what a proxy forwarded.
"""

from dataclasses import dataclass, field, replace
from typing import Protocol
from urllib.parse import quote

from flask import request
from twilio.request_validator import RequestValidator

HEADER = "X-Twilio-Signature"

ASKED_AT = "line.asked_at"
"""Of a request that came in elsewhere than at its own public URL: that one. No header sets it."""


class Form(Protocol):
    """The keys and values of a POST, as Flask has them."""

    def getlist(self, key: str) -> list[str]:
        """All the values of a key."""


@dataclass(frozen=True)
class Signature:
    """The tokens whose signatures count: the account's, and the next one while it is rotated."""

    public_url: str
    validators: tuple[RequestValidator, ...]
    tokens: tuple[str, ...] = field(repr=False)

    @classmethod
    def of(cls, public_url: str, tokens: tuple[str, ...]) -> "Signature":
        """For a public URL without a last slash, such as https://afspraken.example.nl."""
        return cls(public_url, tuple(RequestValidator(token) for token in tokens), tokens)

    def is_valid(self, path_and_query: str, form: Form, signature: str | None) -> bool:
        """Whether one of the tokens signed exactly this request; a missing signature did not.

        The algorithm is always HMAC-SHA1: the request does not choose it.
        """
        if not signature:
            return False
        url = self.public_url + path_and_query
        return any(each.validate(url, form, signature) for each in self.validators)

    def sign(self, path_and_query: str, form: dict[str, str]) -> str:
        """The signature that Twilio would send, for calls from the terminal."""
        url = self.public_url + path_and_query
        return str(self.validators[0].compute_signature(url, form))


def is_signed(signature: Signature) -> bool:
    """Whether Twilio signed the request that is being answered."""
    query = request.query_string.decode("latin-1")
    path = quote(request.path) + (f"?{query}" if query else "")
    if asked_at := request.environ.get(ASKED_AT):
        signature = replace(signature, public_url=asked_at)
    return signature.is_valid(path, request.form, request.headers.get(HEADER))

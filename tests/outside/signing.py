"""Signs requests as Twilio's documentation says, without Twilio's own library."""

import base64
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from flask import Flask
from werkzeug.test import TestResponse

from app import application
from ivr.signature import Signature
from tests.conftest import World

PUBLIC_URL = "https://afspraken.example.nl"
FIRST, NEXT, FOREIGN = "the-first-token", "the-next-token", "a-foreign-token"
SID = "CA" + "1" * 32

Pairs = tuple[tuple[str, str], ...]

RINGING: Pairs = (("CallSid", SID), ("From", "+31612345678"), ("CallStatus", "ringing"))


def sign(url: str, pairs: Iterable[tuple[str, str]], token: str, algorithm: str = "sha1") -> str:
    """The signature: the URL, then each key and value, sorted, under the account's token."""
    signed = url + "".join(key + value for key, value in sorted(set(pairs)))
    digest = hmac.new(token.encode(), signed.encode(), algorithm).digest()
    return base64.b64encode(digest).decode()


@dataclass(frozen=True)
class Door:
    """An application, and the way in to it that does not sign by itself."""

    app: Flask

    @classmethod
    def of(cls, world: World, public_url: str = PUBLIC_URL, tokens: tuple[str, ...] = ()) -> "Door":
        """The world's line under another address or with other tokens."""
        signature = Signature.of(public_url, tokens or (FIRST,))
        return cls(application(replace(world.parts, signature=signature)))

    def post(
        self,
        path: str,
        pairs: Pairs = RINGING,
        signature: str | None = None,
        body: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> TestResponse:
        """The answer to a POST; `body` is the form as it is written, where that matters."""
        sent = dict(headers or {})
        if signature is not None:
            sent["X-Twilio-Signature"] = signature
        return self.app.test_client().post(
            path,
            data=urlencode(pairs) if body is None else body,
            content_type="application/x-www-form-urlencoded",
            headers=sent,
        )

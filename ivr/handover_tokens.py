"""The signed token with which an exchange, or the line itself, hands a call over.

It is `code-expiry-signature`: the code of a handover, seconds since 1970, and an HMAC-SHA256 of
both. That it works once is the handover's own doing.
"""

import hashlib
import hmac
import re
from datetime import datetime

from scheduling.handovers import LENGTH
from scheduling.models import seconds

HEADER = "SipHeader_X-Handover"
"""Twilio's name for the header X-Handover of a call on a SIP domain."""

_TOKEN = re.compile(rf"([0-9]{{{LENGTH}}})-([0-9]{{10}})-([0-9a-f]{{64}})")


def token(code: str, secret: str, expires_at: datetime) -> str:
    """A token for the handover with a code."""
    signed = f"{code}-{seconds(expires_at)}"
    return f"{signed}-{_signature(signed, secret)}"


def code_in(told: str, secret: str, now: datetime) -> str:
    """The code in a token; empty where it is not signed, or its time is over."""
    found = _TOKEN.fullmatch(told)
    if found is None:
        return ""
    code, expires_at, signature = found.groups()
    right = hmac.compare_digest(signature, _signature(f"{code}-{expires_at}", secret))
    return code if right and int(expires_at) > seconds(now) else ""


def _signature(signed: str, secret: str) -> str:
    return hmac.new(secret.encode(), f"handover {signed}".encode(), hashlib.sha256).hexdigest()

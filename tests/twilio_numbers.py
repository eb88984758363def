"""The stand-in's IncomingPhoneNumbers resource: what a number does with calls and messages.

Operations ListIncomingPhoneNumber (with PhoneNumber) and UpdateIncomingPhoneNumber of the published
OpenAPI description.
"""

import re
import secrets
from dataclasses import dataclass, field
from typing import Any

_FIELDS = {
    *("VoiceUrl", "VoiceMethod", "VoiceFallbackUrl", "VoiceFallbackMethod", "VoiceApplicationSid"),
    *("StatusCallback", "StatusCallbackMethod", "TrunkSid", "VoiceReceiveMode"),
    *("SmsUrl", "SmsMethod", "SmsFallbackUrl", "SmsFallbackMethod", "SmsApplicationSid"),
}

NEW: dict[str, Any] = {
    "voice_url": "https://demo.twilio.com/welcome/voice/",
    "voice_method": "POST",
    "voice_fallback_url": "",
    "voice_fallback_method": "POST",
    "voice_application_sid": "",
    "voice_receive_mode": "voice",
    "status_callback": "",
    "status_callback_method": "POST",
    "sms_url": "https://demo.twilio.com/welcome/sms/reply",
    "sms_method": "POST",
    "sms_fallback_url": "",
    "sms_fallback_method": "POST",
    "sms_application_sid": "",
    "trunk_sid": None,
    "date_created": None,
    "date_updated": None,
    "origin": "twilio",
    "beta": False,
}
"""A number that was bought today."""


@dataclass
class Numbers:
    """The account's numbers, by their sid; `keeps` is whether it really keeps what is set."""

    owned: dict[str, dict[str, Any]] = field(default_factory=dict)
    keeps: bool = True

    def buys(self, number: str, *, sms: bool = False, voice: bool = True, **how: str) -> str:
        """Buys a number, which does what `how` says and no more; its sid."""
        sid = "PN" + secrets.token_hex(16)
        can = {"voice": voice, "sms": sms, "mms": False, "fax": False}
        self.owned[sid] = NEW | {"sid": sid, "phone_number": number, "capabilities": can} | how
        return sid

    def of(self, number: str) -> dict[str, Any]:
        """What a number does."""
        (found,) = (each for each in self.owned.values() if each["phone_number"] == number)
        return found

    def refusal(self, sid: str, form: dict[str, str]) -> tuple[int, int] | None:
        """Status and code for an update that Twilio would not do."""
        if sid not in self.owned:
            return 404, 20404
        assert set(form) <= _FIELDS, "Twilio would not know these, or the line should leave them"
        return None

    def update(self, sid: str, form: dict[str, str]) -> dict[str, Any]:
        """Sets what the form names, and nothing else."""
        named = {re.sub("(?<=[a-z])(?=[A-Z])", "_", key).lower(): form[key] for key in form}
        if self.keeps:
            self.owned[sid] |= named
        return self.owned[sid]

    def listed(self, query: dict[str, str]) -> dict[str, Any]:
        """A page of the numbers in which the digits that are asked for stand."""
        wanted = query.get("PhoneNumber", "").lstrip("+")
        found = [each for each in self.owned.values() if wanted in each["phone_number"]]
        uri = "/2010-04-01/IncomingPhoneNumbers.json"
        pages = {f"{name}_page_uri": None for name in ("first", "next", "previous")}
        places = {"page": 0, "page_size": 50, "start": 0, "end": len(found), "uri": uri}
        return {"incoming_phone_numbers": found, **pages, **places}

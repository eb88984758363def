"""The stand-in's Calls resource: a live call is sent to another document.

`POST /2010-04-01/Accounts/{AccountSid}/Calls/{Sid}.json`, operation UpdateCall of the published
OpenAPI description; the errors are those of Twilio's error dictionary.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

IN_PROGRESS, COMPLETED = "in-progress", "completed"
_FIELDS = {
    *("Url", "Method", "Status", "FallbackUrl", "FallbackMethod"),
    *("StatusCallback", "StatusCallbackMethod", "Twiml", "TimeLimit"),
}


@dataclass
class Calls:
    """Calls by their sid, with their status; `sent_to` is where Twilio sends them, in turn."""

    status: dict[str, str] = field(default_factory=dict)
    sent_to: list[tuple[str, str]] = field(default_factory=list)
    on_update: Callable[[], None] = lambda: None

    def refusal(self, sid: str, form: dict[str, str]) -> tuple[int, int] | None:
        """Status and code for an update that Twilio would not do."""
        if sid not in self.status:
            return 404, 20404
        assert set(form) <= _FIELDS, "Twilio would not know these"
        addresses = [form[name] for name in ("Url", "FallbackUrl") if name in form]
        if ("Url" in form) == ("Twiml" in form) or not all(map(_is_address, addresses)):
            return 400, 21205
        return None if self.status[sid] == IN_PROGRESS else (400, 21220)

    def update(self, sid: str, form: dict[str, str]) -> dict[str, Any]:
        """Does an update; the call as Twilio shows it then."""
        self.on_update()
        assert form.get("Method", "POST") == "POST", "the line answers nothing else"
        self.sent_to.append((sid, form["Url"]))
        return {
            "sid": sid,
            "status": self.status[sid],
            "direction": "inbound",
            "from": "+31600000000",
            "to": "+31715458500",
            "date_updated": None,
            "parent_call_sid": None,
            "subresource_uris": {},
        }


def _is_address(url: str) -> bool:
    return urlsplit(url).scheme in {"http", "https"} and bool(urlsplit(url).hostname)

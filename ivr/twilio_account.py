"""An account of Twilio, and what can come of asking its REST API; needs no library of Twilio's."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeVar

from ivr.settings import Settings

API = "https://api.twilio.com"

TOO_MANY, NOT_PROCESSED = 429, 20429
"""Too many requests, and Twilio has not looked at this one: HTTP's number, and Twilio's."""

_SERVER_ERROR, _CLIENT_ERROR = 500, 400
_ASK_AGAIN = frozenset({408, 425})

T = TypeVar("T")


@dataclass(frozen=True)
class Account:
    """An account of Twilio, and where it is reached."""

    sid: str
    token: str = field(repr=False)
    api_url: str = API
    region: str = ""
    edge: str = ""

    @classmethod
    def of(cls, settings: Settings) -> "Account | None":
        """The account of an installation; None where there is none, or only a half of it."""
        if not settings.can_send:
            return None
        return cls(
            settings.twilio_account_sid,
            settings.twilio_auth_token.get_secret_value(),
            settings.twilio_api_url.rstrip("/"),
            settings.twilio_region,
            settings.twilio_edge,
        )


class Failed(Exception):  # noqa: N818  named for what happened
    """Twilio has not done what it was asked, as far as we know.

    `status` is HTTP's, 0 where no answer came; `code` is Twilio's, or HTTP's where it told none;
    `wait` is how long it wants not to be asked. Its own words are not kept: numbers stand in them.
    """

    def __init__(
        self, status: int = 0, code: int = 0, wait: timedelta = timedelta(0), fault: str = ""
    ) -> None:
        super().__init__(fault or f"HTTP {status}, code {code}")
        self.status, self.code, self.wait, self.fault = status, code, wait, fault

    @property
    def is_busy(self) -> bool:
        """Whether Twilio had too much to do, and surely did nothing."""
        return self.status == TOO_MANY or self.code == NOT_PROCESSED

    @property
    def is_unsure(self) -> bool:
        """Whether nobody knows what Twilio did: no answer came, or one that means nothing."""
        refused = _CLIENT_ERROR <= self.status < _SERVER_ERROR and self.status not in _ASK_AGAIN
        return not (self.is_busy or refused)

    @property
    def explained(self) -> str:
        """What is wrong, in a sentence without a secret and without a number."""
        if self.is_busy:
            return f"Twilio is asked too often ({self.code})"
        if self.is_unsure:
            what = f"gives no answer of use (HTTP {self.status})"
            return f"Twilio {what if self.status else f'does not answer ({self.fault})'}"
        found = _EXPLAINED.get(self.code, "Twilio refuses it")
        if self.code == self.status:
            return f"{found} (HTTP {self.status})"
        return f"{found}; see https://www.twilio.com/docs/errors/{self.code}"


_WRONG_TOKEN = (
    "TWILIO_AUTH_TOKEN is no token of the account TWILIO_ACCOUNT_SID; each region,"  # noqa: S105
    " TWILIO_REGION, has tokens of its own"
)
_EXPLAINED = {
    401: "TWILIO_API_URL wants other credentials; it is not Twilio",
    404: "TWILIO_API_URL does not lead to Twilio",
    20003: _WRONG_TOKEN,
    20005: "the account TWILIO_ACCOUNT_SID is closed or suspended",
    20008: "TWILIO_AUTH_TOKEN is a test token, which can change nothing",
    20404: "the account TWILIO_ACCOUNT_SID has no such thing, or has it in another TWILIO_REGION",
    21205: "Twilio does not take PUBLIC_URL as an address",
}


@dataclass(frozen=True)
class Patience:
    """Seconds: altogether; for a connection, and as many for an answer; before the first repeat."""

    total: float = 4
    answer: float = 1.5
    pause: float = 0.2


def persistently(question: Callable[[], T], patience: Patience) -> T:
    """The answer to a question that may be asked again; raises Failed.

    Only for what does the same when it is done twice: after a time-out nobody knows whether it
    was. It is not begun again where the time that is left is too short for a whole attempt.
    """
    ends, pause = time.monotonic() + patience.total, patience.pause
    while True:
        try:
            return question()
        except Failed as failed:
            wait = max(pause, failed.wait.total_seconds())
            if not (failed.is_busy or failed.is_unsure):
                raise
            if time.monotonic() + wait + patience.answer > ends:
                raise
        time.sleep(wait)
        pause *= 2

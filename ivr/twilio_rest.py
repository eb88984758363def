"""Asks Twilio's REST API. Imported by whoever asks only: Twilio's library takes long to import."""

import json
import logging
from collections.abc import Callable
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from twilio.base.exceptions import TwilioException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from ivr.twilio_account import API, Account, Failed

SECONDS = 10
"""So long to connect, and so long for an answer; much shorter than the lease of a sender."""

LONGEST_WAIT = timedelta(hours=1)

# Both libraries log what they ask for, and the number is in it.
# A level, because whoever configures logging later enables what was disabled.
_silent = logging.getLogger(f"{__name__}.silent")
_silent.setLevel(logging.CRITICAL + 1)
logging.getLogger("urllib3").setLevel(logging.WARNING)


class Rest:
    """The REST API on behalf of an account; `seconds` to connect, and as many for an answer."""

    def __init__(self, account: Account, seconds: float = SECONDS) -> None:
        self._http = _Http(account.api_url, seconds)
        # The library would fill in what is left out from the environment.
        environment = {"TWILIO_REGION": account.region, "TWILIO_EDGE": account.edge}
        self.client = Client(
            account.sid, account.token, http_client=self._http, environment=environment
        )

    def ask(self, question: Callable[[Client], Any]) -> Any:  # noqa: ANN401  the library has no types
        """What Twilio answers to a question, put by its library's client; raises Failed."""
        try:
            return question(self.client)
        except TwilioException:  # its own words have the number in them, and of a list no code
            raise self._http.failed() from None
        except (OSError, ValueError) as error:
            raise Failed(fault=type(error).__name__) from None

    def close(self) -> None:
        """Closes the connections that are kept open."""
        self._http.session.close()


class _Http(TwilioHttpClient):  # type: ignore[misc]
    """Twilio's own way to ask, at another address where one is set; keeps what was answered."""

    def __init__(self, api_url: str, seconds: float) -> None:
        super().__init__(timeout=seconds, logger=_silent)
        self._api_url = api_url
        self._last: Response | None = None

    def request(self, method: str, url: str, *args: object, **options: object) -> Response:
        """Asks, and keeps the answer."""
        if self._api_url != API:
            url = self._api_url + urlsplit(url)._replace(scheme="", netloc="").geturl()
        self._last = None
        self._last = super().request(method, url, *args, **options)
        return self._last

    def failed(self) -> Failed:
        """What the last answer means, which was none that was hoped for."""
        if self._last is None:
            return Failed()
        headers = self._last.headers
        wait = waits(headers.get("Retry-After", ""), headers.get("Date", ""))
        return Failed(self._last.status_code, _code(self._last), wait)


def _code(response: Response) -> int:
    """Twilio's number for what went wrong; HTTP's where the answer has none."""
    try:
        return int(json.loads(response.text)["code"])
    except (ValueError, KeyError, TypeError):
        return int(response.status_code)


def waits(told: str, sent: str) -> timedelta:
    """How long a Retry-After says to wait: seconds, or a date, counted from when it was sent.

    Nothing where it says neither.
    """
    if told.isdecimal():
        return min(timedelta(seconds=int(told[:6])), LONGEST_WAIT)
    try:
        wait = parsedate_to_datetime(told) - parsedate_to_datetime(sent)
    except (ValueError, TypeError):  # no date, or only one of them with a zone
        return timedelta(0)
    return min(max(wait, timedelta(0)), LONGEST_WAIT)

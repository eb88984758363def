"""Asks Twilio's REST API. Imported by whoever asks only: Twilio's library takes long to import."""

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
        except TwilioException as error:  # its own words have the number in them
            status, code = getattr(error, "status", 0), getattr(error, "code", 0)
            raise Failed(status, code, self._http.wait) from None
        except (OSError, ValueError) as error:
            raise Failed(fault=type(error).__name__) from None

    def close(self) -> None:
        """Closes the connections that are kept open."""
        self._http.session.close()


class _Http(TwilioHttpClient):  # type: ignore[misc]
    """Twilio's own way to ask, at another address where one is set; keeps how long to wait."""

    def __init__(self, api_url: str, seconds: float) -> None:
        super().__init__(timeout=seconds, logger=_silent)
        self._api_url = api_url
        self.wait = timedelta(0)

    def request(self, method: str, url: str, *args: object, **options: object) -> Response:
        """Asks, and keeps what `Retry-After` says."""
        if self._api_url != API:
            url = self._api_url + urlsplit(url)._replace(scheme="", netloc="").geturl()
        self.wait = timedelta(0)
        response = super().request(method, url, *args, **options)
        self.wait = waits(response.headers.get("Retry-After", ""), response.headers.get("Date", ""))
        return response


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

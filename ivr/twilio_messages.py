"""Twilio's Messages resource. Imported by whoever sends only: its library takes long to import."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from twilio.base.exceptions import TwilioException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client
from twilio.rest.api.v2010.account.message import MessageInstance

from ivr.gateway import STATES, Busy, Found, NotSent, Refused, Unsure, WrongAccount

API = "https://api.twilio.com"
SECONDS = 10
"""So long to connect, and so long for an answer; much shorter than the lease of a sender."""

LONGEST_WAIT = timedelta(hours=1)
_SLACK = timedelta(minutes=5)
"""How much our clock and Twilio's may differ."""

_MOST_LOOKED_AT = 1000
"""The largest page that Twilio gives: more messages than one mobile ever gets from us."""

_BUSY_CODES = {20429, 21611}
_ACCOUNT_STATUSES = {401, 403, 404, 407}
_ACCOUNT_CODES = {20003, 20005, 20008, 20404, 21212, 21408, 21603, 21606, 21607, 21659, 21660}
_ACCOUNT_CODES |= {21661, 30002, 63038}
"""Wrong credentials or account, or a sender that is not ours or may not send there."""

_TOO_MANY, _SERVER_ERROR = 429, 500
_ASK_AGAIN = {408, 425}

# Both libraries log what they ask for, and the number is in it.
# A level, because whoever configures logging later enables what was disabled.
_silent = logging.getLogger(f"{__name__}.silent")
_silent.setLevel(logging.CRITICAL + 1)
logging.getLogger("urllib3").setLevel(logging.WARNING)


@dataclass(frozen=True)
class Account:
    """An account of Twilio, and where it is reached."""

    sid: str
    token: str
    api_url: str = API
    region: str = ""
    edge: str = ""


class TwilioMessages:
    """Sends messages from a sender; Twilio reports on them at `status_url`."""

    def __init__(
        self, account: Account, sender: str, status_url: str, seconds: float = SECONDS
    ) -> None:
        self._http = _Http(account.api_url, seconds)
        # The library would fill in what is left out from the environment.
        environment = {"TWILIO_REGION": account.region, "TWILIO_EDGE": account.edge}
        self._messages = Client(
            account.sid, account.token, http_client=self._http, environment=environment
        ).messages
        self._sender, self._status_url = sender, status_url

    def send(self, row: int, to: str, body: str) -> str:
        """Hands over a message; its sid."""
        callback = f"{self._status_url}?message={row}"
        made: MessageInstance = self._ask(
            lambda: self._messages.create(
                to=to, from_=self._sender, body=body, status_callback=callback
            )
        )
        if not made.sid:
            raise Unsure("no sid")
        return str(made.sid)

    def find(self, to: str, body: str, since: datetime) -> list[Found]:
        """The messages with this body that Twilio has accepted since.

        Not filtered on DateSent, though Twilio offers it: what is still queued has none.
        """
        try:
            listed = self._ask(
                lambda: self._messages.list(to=to, limit=_MOST_LOOKED_AT, page_size=_MOST_LOOKED_AT)
            )
        except Refused as error:  # the question was refused, and says nothing about the message
            raise Unsure(error.error) from error
        return list(_matching(listed, body, since - _SLACK))

    def close(self) -> None:
        """Closes the connections that are kept open."""
        self._http.session.close()

    def _ask(self, question: Callable[[], Any]) -> Any:  # noqa: ANN401  the library has no types
        try:
            return question()
        except TwilioException as error:
            raise self._named(error) from None  # its own words have the number in them
        except (OSError, ValueError) as error:
            raise Unsure(type(error).__name__) from None

    def _named(self, error: TwilioException) -> NotSent:
        status, code = getattr(error, "status", 0), getattr(error, "code", 0)
        if status == _TOO_MANY or code in _BUSY_CODES:
            return Busy(str(code), self._http.wait)
        if status >= _SERVER_ERROR or status < 400 or status in _ASK_AGAIN:  # noqa: PLR2004
            return Unsure(f"HTTP {status}")
        if status in _ACCOUNT_STATUSES or code in _ACCOUNT_CODES:
            return WrongAccount(str(code))
        return Refused(str(code))


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


def _matching(listed: list[MessageInstance], body: str, since: datetime) -> Iterator[Found]:
    """Those of ours with a body; a trial account of Twilio puts words of its own before it."""
    for each in listed:
        ours = str(each.direction).startswith("outbound") and (each.body or "").endswith(body)
        if ours and (each.date_created is None or each.date_created >= since):
            code = None if each.error_code is None else str(each.error_code)
            yield Found(str(each.sid), STATES.get(str(each.status), "sent"), code)

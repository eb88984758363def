"""Twilio's Messages resource. Imported by whoever sends only: its library takes long to import."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from twilio.rest.api.v2010.account.message import MessageInstance

from ivr.gateway import STATES, Busy, Found, NotSent, Refused, Unsure, WrongAccount
from ivr.twilio_account import Account, Failed
from ivr.twilio_rest import SECONDS, Rest

_SLACK = timedelta(minutes=5)
"""How much our clock and Twilio's may differ."""

_MOST_LOOKED_AT = 1000
"""The largest page that Twilio gives: more messages than one mobile ever gets from us."""

_FULL_QUEUE = 21611
_ACCOUNT_STATUSES = {401, 403, 404, 407}
_ACCOUNT_CODES = {20003, 20005, 20008, 20404, 21212, 21408, 21603, 21606, 21607, 21659, 21660}
_ACCOUNT_CODES |= {21661, 30002, 63038}
"""Wrong credentials or account, or a sender that is not ours or may not send there."""


class TwilioMessages:
    """Sends messages from a sender; Twilio reports on them at `status_url`."""

    def __init__(
        self, account: Account, sender: str, status_url: str, seconds: float = SECONDS
    ) -> None:
        self._rest = Rest(account, seconds)
        self._sender, self._status_url = sender, status_url

    def send(self, row: int, to: str, body: str) -> str:
        """Hands over a message; its sid."""
        callback = f"{self._status_url}?message={row}"
        made: MessageInstance = self._ask(
            lambda client: client.messages.create(
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
                lambda client: client.messages.list(
                    to=to, limit=_MOST_LOOKED_AT, page_size=_MOST_LOOKED_AT
                )
            )
        except NotSent as error:  # the question failed, which says nothing about the message
            raise Unsure(error.error) from error
        return list(_matching(listed, body, since - _SLACK))

    def close(self) -> None:
        """Closes the connections that are kept open."""
        self._rest.close()

    def _ask(self, question: Callable[[Any], Any]) -> Any:  # noqa: ANN401  the library has no types
        try:
            return self._rest.ask(question)
        except Failed as failed:
            raise _named(failed) from None


def _named(failed: Failed) -> NotSent:
    """What a failure means for the message."""
    code = str(failed.code)
    if failed.is_busy or failed.code == _FULL_QUEUE:
        return Busy(code, failed.wait)
    if failed.is_unsure:
        return Unsure(failed.fault or f"HTTP {failed.status}")
    if failed.status in _ACCOUNT_STATUSES or failed.code in _ACCOUNT_CODES:
        return WrongAccount(code)
    return Refused(code)


def _matching(listed: list[MessageInstance], body: str, since: datetime) -> Iterator[Found]:
    """Those of ours with a body; a trial account of Twilio puts words of its own before it."""
    for each in listed:
        ours = str(each.direction).startswith("outbound") and (each.body or "").endswith(body)
        if ours and (each.date_created is None or each.date_created >= since):
            code = None if each.error_code is None else str(each.error_code)
            yield Found(str(each.sid), STATES.get(str(each.status), "sent"), code)

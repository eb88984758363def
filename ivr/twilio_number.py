"""What the line's numbers do at Twilio: what is set, and what would be right.

The fields are those of Twilio's IncomingPhoneNumbers resource. An application or a trunk at a
number makes Twilio ignore the number's own URLs, so there must be none.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ivr.addresses import Addresses
from ivr.twilio_account import Patience, persistently

if TYPE_CHECKING:
    from ivr.twilio_rest import Rest

_POST = "POST"


@dataclass(frozen=True)
class Setting:
    """A line of Twilio's console, by the fields that belong to it: a method, if any, and a value.

    `now` is what is set, `right` what would be right.
    """

    name: str
    now: Mapping[str, str]
    right: Mapping[str, str]

    @property
    def missing(self) -> dict[str, str]:
        """What is to be set."""
        return {name: value for name, value in self.right.items() if self.now[name] != value}


@dataclass(frozen=True)
class Number:
    """A number (E.164) of the account; `can` is what Twilio lets it do: voice, sms."""

    sid: str
    number: str
    can: frozenset[str]
    fields: Mapping[str, str]

    def compared(self, name: str, **right: str) -> Setting:
        """A setting, as it is and as it would be right."""
        return Setting(name, {each: self.fields.get(each, "") for each in right}, right)


@dataclass(frozen=True)
class Plan:
    """What the line wants of its numbers (E.164); `sender` may also be a name, `handover` empty."""

    addresses: Addresses
    line: str
    sender: str
    handover: str = ""

    @property
    def numbers(self) -> list[str]:
        """Each number once."""
        sender = self.sender if self.sender.startswith("+") else ""
        return list(dict.fromkeys(each for each in (self.line, self.handover, sender) if each))

    def settings(self, number: Number) -> list[Setting]:
        """Every setting of a number with which the line has to do."""
        found: list[Setting] = []
        if number.number == self.line:
            found += self._calls(number, self.addresses.voice)
        elif number.number == self.handover:
            found += self._calls(number, self.addresses.handover)
        if number.number == self.sender or (number.number == self.line and "sms" in number.can):
            found += self._messages(number)
        return found

    def differences(self, number: Number) -> list[Setting]:
        """Those that are not right."""
        return [each for each in self.settings(number) if each.missing]

    def faults(self, number: Number) -> list[str]:
        """What the number cannot do, though the line wants it; no setting helps."""
        calls = number.number in {self.line, self.handover} and "voice" not in number.can
        messages = number.number == self.sender and "sms" not in number.can
        return [
            *([f"{number.number} takes no calls: buy a number with voice"] if calls else []),
            *([f"{number.number} takes no messages: buy a number with SMS"] if messages else []),
        ]

    def _calls(self, number: Number, url: str) -> list[Setting]:
        to, told = self.addresses.fallback, self.addresses.status
        how = self.addresses.fallback_method
        return [
            number.compared("Voice application, instead of URLs", voice_application_sid=""),
            number.compared("SIP trunk, instead of URLs", trunk_sid=""),
            number.compared("A call comes in", voice_method=_POST, voice_url=url),
            number.compared(
                "Primary handler fails", voice_fallback_method=how, voice_fallback_url=to
            ),
            number.compared(
                "Call status changes", status_callback_method=_POST, status_callback=told
            ),
        ]

    def _messages(self, number: Number) -> list[Setting]:
        url = self.addresses.messages
        return [
            number.compared("Messaging application, instead of URLs", sms_application_sid=""),
            number.compared("A message comes in", sms_method=_POST, sms_url=url),
        ]


@dataclass(frozen=True)
class TwilioNumbers:
    """The account's numbers. All that is asked here may be repeated: to set twice is to set."""

    rest: "Rest"
    patience: Patience

    def find(self, numbers: Iterable[str]) -> list[Number]:
        """Those of some numbers (E.164) that the account has; raises Failed."""
        # Twilio also gives numbers in which the digits stand somewhere.
        return [each for n in numbers for each in self._listed(n) if each.number == n]

    def set(self, number: Number, fields: Mapping[str, str]) -> None:
        """Sets some fields of a number, and leaves all others; raises Failed."""
        self._ask(lambda client: client.incoming_phone_numbers(number.sid).update(**fields))

    def _listed(self, number: str) -> list[Number]:
        listed = self._ask(lambda client: client.incoming_phone_numbers.list(phone_number=number))
        return [_number(each) for each in listed]

    def _ask(self, question: Callable[[Any], Any]) -> Any:  # noqa: ANN401  no types there
        return persistently(lambda: self.rest.ask(question), self.patience)


def _number(found: Any) -> Number:  # noqa: ANN401  the same
    can = frozenset(name.lower() for name, has in dict(found.capabilities or {}).items() if has)
    fields = {name: value for name, value in vars(found).items() if isinstance(value, str)}
    return Number(str(found.sid), str(found.phone_number), can, fields)


def shown(fields: Mapping[str, str]) -> str:
    """A setting in words, such as "POST https://…"; without what may be a secret."""
    *method, value = fields.values()
    return " ".join([*method, _without_secrets(value)]) if value else "nothing"


def _without_secrets(url: str) -> str:
    """The URL without a password or a query, which is what others may have set."""
    parts = urlsplit(url)
    user, at, host = parts.netloc.rpartition("@")
    hidden = parts._replace(netloc=f"{user and '…'}{at}{host}", query=parts.query and "…")
    return hidden.geturl()

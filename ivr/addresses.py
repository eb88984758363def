"""The line's addresses, as they are told to Twilio."""

from msgspec import Struct

RETRIED = "#rc=2&rt=4000&rp=ct,rt,5xx"
"""Twilio asks twice more where it cannot connect, waits over 4 s, or is answered with a 5xx.

It is a part of Twilio's settings, or of a document, and is never sent; see "Webhooks: connection
overrides" there.
"""


class Addresses(Struct, frozen=True):
    """Where Twilio reaches the line. `public_url` has no last slash; all of it wants POST.

    `elsewhere` is the document of `flask fallback` at another host, if any, which wants GET; `edge`
    is the place from which Twilio asks, if one is chosen.
    """

    public_url: str
    elsewhere: str = ""
    edge: str = ""

    @property
    def overrides(self) -> str:
        """How Twilio asks at an address, to be put behind it."""
        return f"{RETRIED}&e={self.edge}" if self.edge else RETRIED

    @property
    def of_turns(self) -> str:
        """How Twilio asks at the address of a turn: from the edge, where one is chosen.

        Elsewhere nothing stands there. Twilio asks once more by itself where it cannot connect, and
        whatever else goes wrong with a turn leads to the fallback, which goes on with the call.
        """
        return self.overrides if self.edge else ""

    @property
    def _from(self) -> str:
        return f"#e={self.edge}" if self.edge else ""

    @property
    def voice(self) -> str:
        """A call comes in."""
        return f"{self.public_url}/voice{self.overrides}"

    @property
    def handover(self) -> str:
        """A call comes in at the second number, where agents key in codes."""
        return f"{self.public_url}/voice/handover{self.overrides}"

    def way_back(self, token: str) -> str:
        """A call is sent back by an agent; a token is as `ivr.handover_tokens` makes it."""
        return f"{self.public_url}/voice/handover?token={token}{self.overrides}"

    @property
    def fallback(self) -> str:
        """Something went wrong with one of these; a caller's last chance, so asked as often."""
        return self.elsewhere or f"{self.public_url}/voice/fallback{self.overrides}"

    @property
    def fallback_method(self) -> str:
        """How it is asked: hosts of files refuse to be sent anything."""
        return "GET" if self.elsewhere else "POST"

    @property
    def status(self) -> str:
        """A call is over; asked as often, or an agent would count as talking for long."""
        return f"{self.public_url}/voice/status{self.overrides}"

    @property
    def messages(self) -> str:
        """A message comes in."""
        return f"{self.public_url}/messages{self._from}"

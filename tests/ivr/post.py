"""A sender of text messages and the stand-in that it sends to, for the tests of both."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from ivr.sender import Sender
from ivr.twilio_account import Account
from ivr.twilio_messages import TwilioMessages
from scheduling.sending import are_due
from tests import twilio_api
from tests.conftest import World
from tests.twilio_api import ACCOUNT, SENDER, TOKEN, TwilioApi

SECONDS = 0.3
"""How long the sender waits for the stand-in, which answers at once or not at all."""

STATUS_URL = "https://afspraken.example.nl/messages/status"


@dataclass
class PostOffice:
    """One installation's sender, and Twilio."""

    world: World
    api: TwilioApi
    sender: Sender

    def sends_all(self) -> None:
        """Sends until nothing is due any more."""
        while self.is_due():
            self.sends_next()

    def is_due(self) -> bool:
        """Whether anything is due."""
        with self.world.database.read() as connection:
            return are_due(connection, self.world.clock())

    def sends_next(self) -> int:
        """Sends one message; 1 where none is due."""
        return self.sender.send_next()

    def passes(self, **time: float) -> None:
        """Lets time pass, and sends what is due then."""
        self.world.clock.passes(**time)
        self.sends_all()

    @property
    def lists(self) -> int:
        """How often Twilio was asked what it has."""
        return sum(each.startswith("GET") for each in self.api.asked)


@contextmanager
def open_in(world: World, token: str = TOKEN) -> Iterator[PostOffice]:
    """A post office in a world."""
    with twilio_api.running(world.clock) as api:
        gateway = TwilioMessages(Account(ACCOUNT, token, api.url), SENDER, STATUS_URL, SECONDS)
        sender = Sender(world.database, world.parts.texts, gateway, world.clock)
        yield PostOffice(world, api, sender)
        gateway.close()

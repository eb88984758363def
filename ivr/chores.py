"""What is done beside answering: each chore a thread of each process that answers the line."""

import logging
import threading
from collections.abc import Callable
from typing import Protocol

from ivr.forgetter import Forgetter
from ivr.gateway import Gateway, connected
from ivr.logs import MUNICIPALITY
from ivr.parts import Parts
from ivr.publisher import Publisher
from ivr.sender import Sender
from ivr.twilio_account import Account

log = logging.getLogger(__name__)


class Chore(Protocol):
    """Work without an end; whatever goes wrong in it, it goes on."""

    def run(self, stopping: threading.Event) -> None:
        """Works until it is told to stop."""


def start_all(parts: Parts, *, goes_on: bool = False) -> None:
    """Starts every chore of a municipality; `goes_on` in a worker that takes another's place."""

    def of_it(make: Callable[[Parts], Chore]) -> Callable[[], Chore]:
        def made() -> Chore:
            MUNICIPALITY.set(parts.name)  # of this thread, which does nothing else
            return make(parts)

        return made

    if parts.settings.lacks_account:
        logging.getLogger("ivr.sender").error("no message is sent: set TWILIO_ACCOUNT_SID")
    else:
        start("sender", of_it(_sender))
    start("forgetter", of_it(lambda of: Forgetter(of.database, of.clock)))
    start("publisher", of_it(lambda of: Publisher(of.database, of.calendar, of.clock, goes_on)))


def start(name: str, make: Callable[[], Chore]) -> threading.Event:
    """Starts a chore in a thread of its own; set the event to stop it."""
    stopping = threading.Event()

    def work() -> None:
        try:
            chore = make()
        except Exception:  # the line answers calls also where it cannot send
            log.exception("the %s did not start", name)
        else:
            chore.run(stopping)

    threading.Thread(target=work, name=name, daemon=True).start()
    return stopping


def _sender(parts: Parts) -> Sender:
    """What sends text messages: through the account, or in a demo to nobody."""
    from_ = parts.calendar.municipality.messages.sender
    gateway: Gateway = parts.demo_messages
    if account := Account.of(parts.settings):
        gateway = connected(account, from_, parts.signature.public_url)
    return Sender(parts.database, parts.texts, gateway, parts.clock)

"""What is done beside answering: each chore a thread of each process that answers the line."""

import logging
import threading
from collections.abc import Callable
from typing import Protocol

log = logging.getLogger(__name__)


class Chore(Protocol):
    """Work without an end; whatever goes wrong in it, it goes on."""

    def run(self, stopping: threading.Event) -> None:
        """Works until it is told to stop."""


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

"""Senders that are killed with -9. Each command on standard input forks one; argv: book, Twilio.

`kill N MINUTES`: sends what is due MINUTES after ten, and is killed at the Nth line that it runs of
the code that sends; prints `killed`, or `done` and how many lines there were.
`run`: goes on sending by a clock that runs a hundred times too fast; prints the process to kill.
"""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from types import FrameType

import requests  # noqa: F401  before the fork, because it takes long
import urllib3.connectionpool

from ivr import sender, twilio_messages, twilio_rest
from ivr.sender import Sender
from ivr.texts import Texts
from ivr.twilio_account import Account
from ivr.twilio_messages import TwilioMessages
from scheduling import deliveries, sending
from scheduling.calendar import Calendar
from scheduling.database import Database
from scheduling.municipality_file import LEIDERDORP, read
from tests.conftest import TEN_O_CLOCK
from tests.twilio_api import ACCOUNT, SENDER, TOKEN

URL = "https://afspraken.example.nl"
TEXTS = Texts(Calendar(read(LEIDERDORP).municipality), URL)
TOO_FAST = 100
SECONDS = 0.25
"""How long it waits for Twilio: 25 seconds of the clock that runs too fast."""

_SENDING = (deliveries, sender, sending, twilio_messages, twilio_rest)
TRACED = {module.__file__ for module in _SENDING}
POSTING = urllib3.connectionpool.__file__, "_make_request"
"""Between the request and its answer: where Twilio has it and we do not know."""


class Killer:
    """Counts the lines that are run, and kills its own process at one of them."""

    def __init__(self, last: int) -> None:
        self.last, self.lines = last, 0

    def __call__(self, frame: FrameType, event: str, _: object) -> "Killer | None":
        """What Python calls for each line."""
        code = frame.f_code
        if code.co_filename not in TRACED and (code.co_filename, code.co_name) != POSTING:
            return None
        if event == "line":
            self.lines += 1
            if self.lines == self.last:
                os.kill(os.getpid(), signal.SIGKILL)
        return self


def make(clock: Callable[[], datetime], looks: float = 1) -> Sender:
    """A sender of this process, which was forked and so opens everything itself."""
    database = Database(sys.argv[1], connections=2)
    account = Account(ACCOUNT, TOKEN, sys.argv[2])
    gateway_ = TwilioMessages(account, SENDER, f"{URL}/messages/status", SECONDS)
    return Sender(database, TEXTS, gateway_, clock, looks)


def killed(last: int, minutes: int) -> int:
    """Sends what is due; how many lines that took."""
    now = TEN_O_CLOCK + timedelta(minutes=minutes)
    mine, killer = make(lambda: now), Killer(last)
    sys.settrace(killer)
    while not mine.send_next():
        pass
    sys.settrace(None)
    return killer.lines


def says(answer: str) -> None:
    """Answers the command."""
    sys.stdout.write(answer + "\n")
    sys.stdout.flush()


def fork(work: Callable[[], None]) -> int:
    """Does something in a process of its own."""
    if child := os.fork():
        return child
    with suppress(BaseException):
        work()
        os._exit(0)
    os._exit(1)


def kill(last: int, minutes: int) -> None:
    """Forks a sender that is killed, and says what became of it."""
    reader, writer = os.pipe()
    child = fork(lambda: (os.write(writer, b"%d" % killed(last, minutes)), None)[1])
    os.close(writer)
    status = os.waitpid(child, 0)[1]
    lines = os.read(reader, 20).decode()
    os.close(reader)
    says("killed" if os.WIFSIGNALED(status) else f"done {lines}")


def run() -> None:
    """Forks a sender that goes on until it is killed."""
    start = float(os.environ["STARTED"])

    def clock() -> datetime:
        return TEN_O_CLOCK + timedelta(seconds=(time.monotonic() - start) * TOO_FAST)

    says(str(fork(lambda: make(clock, looks=0.01).run(threading.Event()))))


if __name__ == "__main__":
    for command in sys.stdin:
        match command.split():
            case ["kill", last, minutes]:
                kill(int(last), int(minutes))
            case ["run"]:
                run()

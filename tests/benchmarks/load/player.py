"""Plays calls on many telephone lines at once, in one thread that costs little.

Open: turns arrive at their moments, whether the line is slow or not, and each answer is timed from
the moment at which its turn was meant to arrive. Closed: every caller presses at once what is
next, so that the line has as much to do as it can bear.
"""

import random
import select
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from ivr.signature import Signature
from tests.benchmarks.load.caller import Caller
from tests.benchmarks.load.conversations import Conversation

SECONDS_TO_ANSWER = 15
"""How long Twilio waits."""


@dataclass
class Heard:
    """What came of it: seconds to each answer, and by how much each turn left late.

    `wrong` is what was wrong with answers; `answered` are all turns, also those that are not timed.
    """

    took: list[float] = field(default_factory=list)
    late: list[float] = field(default_factory=list)
    wrong: Counter[str] = field(default_factory=Counter)
    answered: int = 0
    seconds: float = 0

    @property
    def rate(self) -> float:
        """Turns answered a second."""
        return len(self.took) / self.seconds


class Player:
    """So many telephone lines to one port; each begins with a call of its own."""

    def __init__(
        self, port: int, signature: Signature, conversations: Iterator[Conversation], callers: int
    ) -> None:
        self.heard = Heard()
        self._chance = random.Random(callers)  # noqa: S311  the same each time
        self._epoll = select.epoll()
        self._callers: dict[int, Caller] = {}
        self._listening: list[Caller] = []
        for _ in range(callers):
            caller = Caller(port, signature, conversations, self._note)
            self._watch(caller)
            self._listening.append(caller)

    def close(self) -> None:
        """Closes every connection."""
        for caller in self._callers.values():
            caller.connection.close()
        self._epoll.close()

    def open(self, moments: Sequence[float], warm_up: float = 0) -> Heard:
        """Lets a turn arrive at each of these moments (seconds from now).

        Each is that of a caller who has heard his question out, drawn at random. Turns of the first
        `warm_up` seconds are not timed; what is wrong with them counts.
        """
        begin = time.perf_counter()
        due, waits = deque(moments), deque[float]()
        counts_from = begin + warm_up

        def ready(caller: Caller) -> None:
            if waits:
                self._send(caller, waits.popleft())
            else:
                self._listening.append(caller)

        while due:
            while due and begin + due[0] <= time.perf_counter():
                moment = begin + due.popleft()
                if self._listening:
                    self._send(self._anybody(), moment)
                else:
                    waits.append(moment)
            until_next = begin + due[0] - time.perf_counter() if due else 0
            self._listen(max(0, until_next), counts_from, ready)
        self.heard.seconds = time.perf_counter() - counts_from
        self._hear_out(counts_from, ready)
        return self.heard

    def closed(self, goes_on: Callable[[], bool]) -> Heard:
        """Keeps every caller busy as long as `goes_on` says so."""
        begin = time.perf_counter()

        def ready(caller: Caller) -> None:
            self._send(caller, time.perf_counter())

        for caller in self._listening:
            ready(caller)
        self._listening.clear()
        while goes_on():
            self._listen(1, begin, ready)
        self.heard.seconds = time.perf_counter() - begin
        self._hear_out(float("inf"), self._listening.append)
        return self.heard

    def _anybody(self) -> Caller:
        """A caller who listens, at random; order means nothing in the list of them."""
        n = self._chance.randrange(len(self._listening))
        self._listening[n], self._listening[-1] = self._listening[-1], self._listening[n]
        return self._listening.pop()

    def _send(self, caller: Caller, intended: float) -> None:
        with suppress(ConnectionError):  # it is told when it is read from
            caller.send(intended, time.perf_counter())

    def _listen(self, wait: float, counts_from: float, ready: Callable[[Caller], None]) -> None:
        """Waits so long at the most, and hears what has come by then."""
        select.select([self._epoll], [], [], wait)  # to the microsecond, which epoll does not
        for number, _ in self._epoll.poll(0):
            caller = self._callers[number]
            connection, is_turn = caller.connection, not caller.asks.at_once
            whole = caller.receive()
            if caller.connection is not connection:
                self._watch(caller, instead_of=number)
            if not whole:
                continue
            self.heard.answered += is_turn
            if is_turn and caller.intended >= counts_from:
                self.heard.took.append(time.perf_counter() - caller.intended)
                self.heard.late.append(caller.sent - caller.intended)
            if caller.asks.at_once:
                self._send(caller, time.perf_counter())
            else:
                ready(caller)

    def _hear_out(self, counts_from: float, ready: Callable[[Caller], None]) -> None:
        """Waits for the answers that are still to come, as long as Twilio would."""
        last = time.perf_counter() + SECONDS_TO_ANSWER
        while any(each.is_waiting for each in self._callers.values()):
            if time.perf_counter() > last:
                for number, caller in list(self._callers.items()):
                    if caller.is_waiting:
                        caller.gives_up("no answer")
                        self._watch(caller, instead_of=number)
                return
            self._listen(0.1, counts_from, ready)

    def _watch(self, caller: Caller, instead_of: int | None = None) -> None:
        if instead_of is not None:
            del self._callers[instead_of]  # the kernel forgets it by itself when it is closed
        self._callers[caller.connection.fileno()] = caller
        self._epoll.register(caller.connection, select.EPOLLIN)

    def _note(self, what: str) -> None:
        self.heard.wrong[what] += 1

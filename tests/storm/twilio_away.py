"""What Twilio's REST API does in a storm: mostly what it is asked, and for a while nothing."""

import random
import threading
from dataclasses import dataclass, field

from tests.twilio_api import (
    ACCEPTED,
    DROPPED_AFTER,
    DROPPED_BEFORE,
    FAILED_AFTER,
    FAILED_BEFORE,
    SILENT_AFTER,
    SILENT_BEFORE,
    Move,
    too_many,
)

_USUAL: tuple[Move, ...] = (
    *[ACCEPTED] * 12,
    *(DROPPED_AFTER, DROPPED_BEFORE, FAILED_AFTER, FAILED_BEFORE),
    *(SILENT_AFTER, SILENT_BEFORE, too_many(), too_many("3")),
)
_AWAY: tuple[Move, ...] = (DROPPED_BEFORE, FAILED_BEFORE, SILENT_BEFORE)


@dataclass
class TwilioAway:
    """Chooses what is done with each request of the line."""

    chance: random.Random
    is_away: bool = False
    is_over: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def choose(self) -> Move:
        """The next move; when the storm is over, what is asked."""
        if self.is_over:
            return ACCEPTED
        with self._lock:
            return self.chance.choice(_AWAY if self.is_away else _USUAL)

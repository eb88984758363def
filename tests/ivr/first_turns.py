"""Has two threads read the first stored steps of a process at once.

Exits with 1 where the second did not wait while msgspec still looked into the types of the steps
for the first: it may read one with a type that is half done, and then the process crashes.
"""

import sys
import threading
from types import FrameType

from ivr import line
from ivr.step import decode, encode
from ivr.welcome import Welcome

_SECONDS = 1.0
"""How long the first thread stands still; the second needs a tenth of it."""


def main() -> int:
    """Whether the second thread was quicker than the first."""
    assert line  # all of the dialogue is loaded
    stored = encode((Welcome((), ()),))
    others: list[threading.Thread] = []
    quicker = []

    def stand_still(frame: FrameType, event: str, _: object) -> None:
        """Where msgspec asks Python for the fields of a type, any other thread may come first."""
        if event == "call" and frame.f_code.co_name == "get_class_annotations" and not others:
            other = threading.Thread(target=decode, args=(stored,))
            others.append(other)
            other.start()
            other.join(_SECONDS)
            quicker.append(not other.is_alive())

    sys.setprofile(stand_still)
    decode(stored)
    sys.setprofile(None)
    assert others, "msgspec asks in another way now"
    others[0].join()
    return int(any(quicker))


if __name__ == "__main__":
    sys.exit(main())

"""Where messages go in a demo, which has no account to send with: into a file, to nobody."""

import json
import os
import secrets
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path

from msgspec import Struct
from msgspec.structs import asdict

from ivr.gateway import Found


class Kept(Struct, frozen=True):
    """A message as it would have been sent."""

    sid: str
    at: str
    to: str
    body: str


class DemoMessages:
    """Keeps messages in a file that only its owner can read; the log gets none of them."""

    def __init__(self, path: Path, clock: Callable[[], datetime]) -> None:
        self.path, self._clock = path, clock

    def send(self, row: int, to: str, body: str) -> str:
        """Keeps a message; an id like those of Twilio."""
        del row
        kept = Kept("SM" + secrets.token_hex(16), self._clock().isoformat(), to, body)
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with open(self.path, "a", opener=partial(os.open, mode=0o600), encoding="utf-8") as file:
            file.write(json.dumps(asdict(kept), ensure_ascii=False) + "\n")
        return kept.sid

    def find(self, to: str, body: str, since: datetime) -> list[Found]:
        """The messages with this body that were kept since."""
        return [
            Found(each.sid)
            for each in self.kept()
            if (each.to, each.body) == (to, body) and datetime.fromisoformat(each.at) >= since
        ]

    def kept(self) -> Iterator[Kept]:
        """All that was kept, the oldest first."""
        if self.path.exists():
            for line in self.path.read_text(encoding="utf-8").splitlines():
                yield Kept(**json.loads(line))

"""A random secret of an installation that was given none, kept in a file of its own."""

import os
import secrets
from functools import partial
from pathlib import Path

from ivr.settings import CannotStart


def kept_secret(path: Path) -> str:
    """A random secret that every worker, and the next start, finds in a file of its own."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with open(path, "x", opener=partial(os.open, mode=0o600), encoding="ascii") as file:
            file.write(secrets.token_hex(16))
    except FileExistsError:
        pass
    token = path.read_text(encoding="ascii").strip()
    if not token:
        raise CannotStart(f"{path} is empty: remove it, and a new one is made")
    return token

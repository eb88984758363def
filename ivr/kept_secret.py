"""A random secret of an installation that was given none, kept in a file of its own."""

import hashlib
import hmac
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


def own_secret(secret: str, name: str) -> str:
    """The secret of one municipality, made of one that several have; of none comes none.

    Nobody who knows the one of a municipality can find that of another, or the common one.
    """
    signed = f"municipality {name}".encode()
    return secret and hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()

"""How passwords are kept: as scrypt hashes (OWASP Password Storage Cheat Sheet, ASVS 5.0 V11.4.2).

Of the choices there this one takes the least memory, 8 MB, and they are made one after another: an
office that signs in at nine takes little from the worker that answers its telephone.
"""

from concurrent.futures import ThreadPoolExecutor

from werkzeug.security import check_password_hash, generate_password_hash

_KIND = "scrypt:8192:8:10"
_one_at_a_time = ThreadPoolExecutor(1, "hashes")

NOBODYS = (
    f"{_KIND}$K1vZb0q7mW3xTn5R$"
    "5f0c1de2b7a84963f0f1a9c4d6e7b82035149ac7de60f18b92a3c4d5e6f70819"
    "2a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f70819"
)
"""What a password for a name that nobody has is compared with, so that it takes as long as any."""


def made(password: str) -> str:
    """A password as it is stored."""
    return _one_at_a_time.submit(generate_password_hash, password, _KIND).result()


def is_right(known: str, password: str) -> bool:
    """Whether a password is the one that is stored, to the last character; no faster if wrong."""
    return _one_at_a_time.submit(check_password_hash, known, password).result()


def is_of_before(known: str) -> bool:
    """Whether a password is stored as an earlier version did, and should be stored anew."""
    return not known.startswith(f"{_KIND}$")

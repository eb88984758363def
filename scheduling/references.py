"""The reference of an appointment: what a caller writes down and keys in again.

Digits 2 to 9 only: 0 and 1 are the keys for an employee and for yes. The last is a check digit
after Verhoeff (1969), which catches every single wrong digit and every swap of two neighbours;
people who write down "eenentwintig" swap them. How long it is, and why that is enough against
guessing, stands in `scheduling.guesses`.
"""

import secrets

LENGTH = 12
"""Eleven digits that are drawn, and the check digit."""

_DIGITS = "23456789"

# The dihedral group of order ten: its multiplication, its inverse, and Verhoeff's permutation.
_PRODUCT = (
    (0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
    (1, 2, 3, 4, 0, 6, 7, 8, 9, 5),
    (2, 3, 4, 0, 1, 7, 8, 9, 5, 6),
    (3, 4, 0, 1, 2, 8, 9, 5, 6, 7),
    (4, 0, 1, 2, 3, 9, 5, 6, 7, 8),
    (5, 9, 8, 7, 6, 0, 4, 3, 2, 1),
    (6, 5, 9, 8, 7, 1, 0, 4, 3, 2),
    (7, 6, 5, 9, 8, 2, 1, 0, 4, 3),
    (8, 7, 6, 5, 9, 3, 2, 1, 0, 4),
    (9, 8, 7, 6, 5, 4, 3, 2, 1, 0),
)
_INVERSE = (0, 4, 3, 2, 1, 5, 6, 7, 8, 9)
_PERMUTATION = (
    (0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
    (1, 5, 7, 6, 2, 8, 3, 0, 9, 4),
    (5, 8, 0, 3, 7, 9, 6, 1, 4, 2),
    (8, 9, 1, 6, 0, 4, 3, 5, 2, 7),
    (9, 4, 5, 3, 1, 2, 6, 8, 7, 0),
    (4, 2, 8, 6, 5, 7, 3, 9, 0, 1),
    (2, 7, 9, 3, 8, 0, 6, 4, 1, 5),
    (7, 0, 4, 6, 9, 1, 3, 2, 5, 8),
)


def draw() -> str:
    """A new reference that nobody can guess; the database makes sure that it is used once."""
    while True:
        number = secrets.randbelow(len(_DIGITS) ** (LENGTH - 1))
        digits = "".join(_DIGITS[number >> 3 * n & 7] for n in range(LENGTH - 1))
        if (check := check_digit(digits)) in _DIGITS:
            return digits + check


def draw_token() -> str:
    """The name of a calendar file, which only whoever was sent it knows: 128 bits (RFC 4086)."""
    return secrets.token_urlsafe(16)


def check_digit(digits: str) -> str:
    """The digit that, put behind the others, makes them a valid number after Verhoeff."""
    return str(_INVERSE[_checksum(digits + "0")])


def is_valid(reference: str) -> bool:
    """Whether this can be a reference at all: a wrong key or a swap of two makes it invalid."""
    known = len(reference) == LENGTH and all(digit in _DIGITS for digit in reference)
    return known and _checksum(reference) == 0


def _checksum(digits: str) -> int:
    total = 0
    for position, digit in enumerate(reversed(digits)):
        total = _PRODUCT[total][_PERMUTATION[position % 8][int(digit)]]
    return total

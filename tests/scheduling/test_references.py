"""References are easy to key in, and a slip of the finger never finds somebody else's."""

from collections import Counter
from fractions import Fraction
from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import verhoeff

from scheduling import guesses, references
from scheduling.references import _PERMUTATION, _PRODUCT, LENGTH, check_digit, draw, is_valid

DRAWN = st.builds(draw)
DIGITS = st.text("0123456789", min_size=1, max_size=20)


def valid_numbers(length: int) -> int:
    """How many numbers of so many digits from two to nine are valid after Verhoeff.

    Counted digit by digit, from the last one on: how many lead to each value of the sum so far.
    """
    counted = Counter({0: 1})
    for place in range(length):
        longer: Counter[int] = Counter()
        for total, many in counted.items():
            for digit in range(2, 10):
                longer[_PRODUCT[total][_PERMUTATION[place % 8][digit]]] += many
        counted = longer
    assert sum(counted.values()) == 8**length
    return counted[0]


@given(DIGITS)
def test_the_check_digit_is_verhoeff_s(digits: str) -> None:
    """A second implementation comes to the same check digit for any number."""
    assert check_digit(digits) == verhoeff.calc_check_digit(digits)
    assert verhoeff.is_valid(digits + check_digit(digits))


@given(DRAWN)
def test_a_reference_is_twelve_digits_from_two_to_nine(reference: str) -> None:
    """Never 0 or 1, which are the keys for an employee and for yes; Verhoeff's digit is last."""
    assert len(reference) == LENGTH == 12
    assert set(reference) <= set("23456789")
    assert is_valid(reference)
    assert verhoeff.is_valid(reference)


@given(DRAWN)
def test_every_wrong_digit_is_noticed(reference: str) -> None:
    """Whichever digit is keyed in wrongly, and however, it is no reference."""
    wrong = [
        reference[:n] + digit + reference[n + 1 :]
        for n in range(LENGTH)
        for digit in "0123456789"
        if digit != reference[n]
    ]
    assert len(wrong) == 9 * LENGTH
    assert not any(map(is_valid, wrong))


@given(DRAWN)
def test_every_swap_of_two_neighbours_is_noticed(reference: str) -> None:
    """Who hears eenentwintig and keys in twelve hears that there is no such reference."""
    for n, (one, two) in enumerate(pairwise(reference)):
        swapped = reference[:n] + two + one + reference[n + 2 :]
        assert is_valid(swapped) == (one == two)


@given(st.text(max_size=12))
def test_other_keys_are_no_reference(keys: str) -> None:
    """Words, half a reference, or keys like # are refused and no error."""
    expected = len(keys) == LENGTH and set(keys) <= set("23456789") and verhoeff.is_valid(keys)
    assert is_valid(keys) == expected


def test_references_use_every_digit_at_every_place() -> None:
    """Nobody can guess one from another: all eight digits come at all twelve places."""
    drawn = [references.draw() for _ in range(500)]
    assert len(set(drawn)) == 500
    for place in range(LENGTH):
        assert {reference[place] for reference in drawn} == set("23456789")


def test_a_stranger_who_guesses_once_finds_nobody() -> None:
    """One guess in a book of 5,000 is a chance below one in a million; the docs say which."""
    valid = valid_numbers(LENGTH)
    assert Fraction(5_000 * guesses.MOST_A_CALL, valid) < Fraction(1, 1_000_000)
    assert guesses.__doc__
    assert f"5,000 in {valid:,}" in " ".join(guesses.__doc__.split())


@pytest.mark.parametrize("length", [1, 2, 3, 4])
def test_the_count_is_right_where_all_can_be_tried(length: int) -> None:
    """For short numbers, counting digit by digit comes to what trying each of them comes to."""
    tried = sum(verhoeff.is_valid("".join(digits)) for digits in product("23456789", repeat=length))
    assert tried == valid_numbers(length)

"""What somebody means who sends a message: to cancel only where that is sure."""

import string

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ivr.reply_words import CANCELS, CARRIERS_OWN, POLITE, is_carriers_own, meaning
from scheduling import references

WORD = st.sampled_from(sorted(CANCELS))
BETWEEN = st.text(string.punctuation.replace("_", "") + " \n\t", max_size=4)
CASES = st.sampled_from([str.upper, str.lower, str.title, str.swapcase])
REFERENCE = st.builds(lambda _: references.draw(), st.integers())


@pytest.mark.parametrize(
    "body",
    [
        "AFZEGGEN",
        "afzeggen",
        " Afzeggen. ",
        "afzeggen aub",
        "Afzeggen a.u.b.!",
        "AF ZEGGEN",
        "A F Z E G G E N",
        "\u2018Afzeggen\u2019",
        "Ik wil mijn afspraak graag afzeggen. Groeten",
        "Ik zeg af",
        "annuleren",
        "CANCEL",
        "cancel please",
        "Cancel appointment",
        "I would like to cancel my appointment, thanks",
        "\uff23\uff21\uff2e\uff23\uff25\uff2c",
        "afz\u00e9ggen",
    ],
)
def test_it_cancels(body: str) -> None:
    """In both languages, politely or not, however it is spelled."""
    assert meaning(body).cancels


@pytest.mark.parametrize(
    "body",
    [
        "",
        "niet afzeggen",
        "Ik wil niet afzeggen",
        "don't cancel",
        "please do not cancel",
        "Kan ik nog afzeggen?",
        "Is mijn afspraak afgezegd?",
        "Waarom heeft u mijn afspraak afgezegd",
        "Antwoord met AFZEGGEN",
        "This number only understands CANCEL APPOINTMENT",
        "cancel niet",
        "verzetten",
        "ja",
        "dank u wel",
    ],
)
def test_it_does_not_cancel(body: str) -> None:
    """A word that is not known may be a "not"; our own texts, sent back, cancel nothing either."""
    assert not meaning(body).cancels


@given(WORD, CASES, BETWEEN, BETWEEN)
def test_case_and_punctuation_change_nothing(
    word: str, case: object, before: str, after: str
) -> None:
    """Whatever stands around the word."""
    found = meaning(before + case(word) + after)  # type: ignore[operator]
    assert found.cancels
    assert found.language == CANCELS[word]


@given(WORD, st.lists(st.sampled_from(sorted(POLITE)), max_size=6), st.integers(0, 6))
def test_politeness_changes_nothing(word: str, polite: list[str], place: int) -> None:
    """Also with many words around it."""
    assert meaning(" ".join([*polite[:place], word, *polite[place:]])).cancels


@given(WORD, REFERENCE, BETWEEN, st.integers(1, 11))
@example("afzeggen", "637838478222", "-", 3)
def test_a_reference_is_found_however_it_is_grouped(
    word: str, reference: str, between: str, size: int
) -> None:
    """With blanks, dashes or points between its digits."""
    groups = [reference[n : n + size] for n in range(0, len(reference), size)]
    found = meaning(f"{word} {between.join(groups)}")
    assert found.cancels
    if references.is_valid(reference):
        assert found.reference == reference


@given(REFERENCE)
def test_digits_alone_are_bare_and_cancel_nothing_by_themselves(reference: str) -> None:
    """They count only as the answer to a question."""
    found = meaning(f" {reference[:6]} {reference[6:]}. ")
    assert (found.cancels, found.is_bare, found.reference) == (False, True, reference)


@given(st.text(alphabet=st.characters(categories=["L", "P", "Z"])), WORD)
def test_an_unknown_word_makes_it_unsure(other: str, word: str) -> None:
    """Whatever the other word is, unless it says nothing."""
    unknown = [each for each in other.casefold().split() if each.isascii() and each.isalpha()]
    if unknown and not (set(unknown) & (POLITE | set(CANCELS))):
        assert not meaning(f"qq {' '.join(unknown)} {word}").cancels


@given(st.text(max_size=1600))
def test_any_text_means_something_or_nothing(body: str) -> None:
    """No text breaks it, and digits are ASCII digits."""
    found = meaning(body)
    assert found.digits == "" or found.digits.isascii()
    assert found.reference is None or references.is_valid(found.reference)
    is_carriers_own(body)


@pytest.mark.parametrize("word", sorted(CARRIERS_OWN))
def test_what_twilio_answers_itself_is_left_to_it(word: str) -> None:
    """STOP and its like, alone in a message."""
    assert is_carriers_own(f" {word.upper()}! ")
    assert not is_carriers_own(f"{word} de afspraak van dinsdag")
    assert not meaning(word).cancels

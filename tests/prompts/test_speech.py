"""Numbers, clock times and codes are said in words that nobody can mistake."""

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prompts.catalogue import catalogue
from prompts.speech import Speech
from tests.prompts.spelled import dutch_number, english_number, is_words

EVERY_MINUTE = [time(n // 60, n % 60) for n in range(24 * 60)]
EVERY_FIVE_MINUTES = [at for at in EVERY_MINUTE if at.minute % 5 == 0]
TRAPS = ("half", "kwart", "quarter", "past", "over", "voor")


def test_there_are_288_five_minute_times_in_a_day() -> None:
    """The tests below really look at every five minutes and every minute of a day."""
    assert (len(EVERY_FIVE_MINUTES), len(EVERY_MINUTE)) == (288, 1440)


@pytest.mark.parametrize("times", [EVERY_FIVE_MINUTES, EVERY_MINUTE], ids=["288", "1440"])
def test_every_time_of_a_day_is_said_in_words_of_its_own(speech: Speech, times: list[time]) -> None:
    """No two times of a day sound the same, and none has a digit in it."""
    said = {at: speech.clock(at) for at in times}
    assert [words for words in said.values() if not is_words(words)] == []
    assert len(set(said.values())) == len(times)


def test_no_time_is_said_as_a_half_or_a_quarter(speech: Speech) -> None:
    """The Dutch "half tien" is half past nine, and sounds like half past ten to English ears."""
    said = [speech.clock(at) for at in EVERY_MINUTE]
    assert [words for words in said if set(words.split()) & set(TRAPS)] == []


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (time(0, 0), "nul uur"),
        (time(0, 5), "nul uur vijf"),
        (time(9, 0), "negen uur"),
        (time(9, 30), "negen uur dertig"),
        (time(9, 45), "negen uur vijfenveertig"),
        (time(12, 0), "twaalf uur"),
        (time(14, 5), "veertien uur vijf"),
        (time(23, 59), "drieëntwintig uur negenenvijftig"),
    ],
)
def test_a_dutch_clock_time_is_the_hour_and_then_the_minutes(
    dutch: Speech, at: time, words: str
) -> None:
    """Nine thirty in Dutch is "negen uur dertig"."""
    assert dutch.clock(at) == words


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (time(0, 0), "twelve o'clock at night"),
        (time(9, 0), "nine o'clock in the morning"),
        (time(9, 5), "nine oh five in the morning"),
        (time(9, 30), "nine thirty in the morning"),
        (time(12, 0), "twelve o'clock in the afternoon"),
        (time(14, 5), "two oh five in the afternoon"),
        (time(23, 59), "eleven fifty-nine in the evening"),
    ],
)
def test_an_english_clock_time_names_the_part_of_the_day(
    english: Speech, at: time, words: str
) -> None:
    """Who hears "two oh five" in English also hears that it is in the afternoon."""
    assert english.clock(at) == words


@pytest.mark.parametrize("value", range(60))
def test_every_dutch_number_is_spelled_as_dutch_builds_it(dutch: Speech, value: int) -> None:
    """Numbers, minutes and hours all follow the rule of the language."""
    assert dutch.number(value) == dutch_number(value)
    assert dutch.minutes[value] == dutch_number(value)
    assert value >= 24 or dutch.hours[value] == dutch_number(value)


@pytest.mark.parametrize("value", range(60))
def test_every_english_number_is_spelled_as_english_builds_it(english: Speech, value: int) -> None:
    """Numbers and minutes follow the rule; the hours run from twelve to eleven, twice."""
    spoken = english_number(value)
    assert english.number(value) == spoken
    assert english.minutes[value] == (f"oh {spoken}" if value < 10 else spoken)
    assert value >= 24 or english.hours[value] == english_number((value - 1) % 12 + 1)


def test_a_number_beyond_the_words_is_refused(speech: Speech) -> None:
    """Nothing is said rather than something wrong."""
    with pytest.raises(IndexError):
        speech.number(60)


def test_a_reference_is_read_in_groups_of_three_digits(dutch: Speech, english: Speech) -> None:
    """A caller writes down three digits in one breath, each said by itself."""
    assert dutch.code("258369472") == ["twee, vijf, acht", "drie, zes, negen", "vier, zeven, twee"]
    assert english.code("258369472")[0] == "two, five, eight"


@given(digits=st.text("0123456789", max_size=20))
@pytest.mark.parametrize("language", ["nl", "en"])
def test_no_digit_of_a_code_is_lost_or_joined_to_another(language: str, digits: str) -> None:
    """Any code can be written down from what is said, also one with zeros or of odd length."""
    speech = catalogue(language).speech
    groups = [group.split(", ") for group in speech.code(digits)]
    assert [len(group) for group in groups[:-1]] == [3] * (len(groups) - 1)
    written = "".join(str(speech.numbers.index(word)) for group in groups for word in group)
    assert written == digits

"""The longest page of free times is still heard within the time that a caller can remember."""

from datetime import timedelta

import pytest

from ivr.calls import Turn
from ivr.errand import Errand, Time
from ivr.offering import ChooseOpening
from ivr.speaker import Sentence, Speaker
from prompts.catalogue import languages
from scheduling.calendar import Calendar
from scheduling.openings import Wish
from tests.conftest import TEN_O_CLOCK
from tests.ivr.test_every_key import LONGEST_TURN, speech

LONGEST_CLOCK = TEN_O_CLOCK.replace(day=22, hour=10, minute=55)
"""Five to twelve on a day whose name is long; so are the two that follow."""


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize(
    ("notice", "told"),
    [
        ("", ""),
        ("", "handed_here"),
        ("", "opening_taken"),
        ("", "no_input_1"),
        ("full_until", "handed_here"),
        ("opening_taken", ""),
    ],
)
def test_three_times_on_three_days(
    calendar: Calendar, language: str, notice: str, told: str
) -> None:
    """For every service, in every language, also for a caller whom an agent handed over."""
    moments = [LONGEST_CLOCK + timedelta(days=2 * n) for n in range(3)]
    times = tuple(Time(at, calendar.day_of(at)) for at in moments)
    for service in calendar.municipality.services:
        step = ChooseOpening(Errand(Wish(service)), times, times[0].on, notice)
        misses = 1 if told == "no_input_1" else 0
        turn = Turn(2, step, language, notice=told, no_input=misses)
        said = Speaker(calendar).says(step.ask(), turn)
        words = " ".join(each.words for each in said if isinstance(each, Sentence))
        assert speech(words) <= LONGEST_TURN, words

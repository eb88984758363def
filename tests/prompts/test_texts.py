"""Text messages are written in every language, in letters that a text message has room for."""

import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from ivr import inbox, texts
from prompts.catalogue import catalogue, differences
from tests.prompts.languages import LANGUAGES, change
from tests.prompts.test_wording import INFORMAL
from tests.prompts.used import named_in

GSM = re.compile(
    r"[\n\r !\"#$%&'()*+,\-./0-9:;<=>?@A-Za-z_£¥èéùìòÇØøÅåΔΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà{}\[\]~|\\^€]*"
)
"""The letters of GSM 03.38; any other makes 70 characters fit where 160 did."""


def test_every_text_that_is_written_is_used(language: str) -> None:
    """A text that nothing sends is left over."""
    assert set(catalogue(language).texts) - named_in(texts) - named_in(inbox) == set()


def test_every_text_has_only_letters_that_a_text_message_has_room_for(language: str) -> None:
    """No text is twice as dear because of one letter."""
    wrong = [said for said in catalogue(language).texts.values() if not GSM.fullmatch(said)]
    assert wrong == []


def test_dutch_texts_say_u() -> None:
    """The municipality addresses its citizens with "u", in writing too."""
    assert [said for said in catalogue("nl").texts.values() if INFORMAL.search(said)] == []


def test_nobody_is_asked_for_a_word_by_which_twilio_stops_all_messages(language: str) -> None:
    """The one word CANCEL stops all messages to a number; two words do not."""
    for said in catalogue(language).texts.values():
        assert not re.search(r"CANCEL(?! APPOINTMENT| \{example\}| and)", said), said


def test_the_languages_have_the_same_texts() -> None:
    """Whoever gets messages in one language is told what everybody is told."""
    one, other = (set(catalogue(language).texts) for language in LANGUAGES)
    assert one == other


def test_a_missing_text_is_named_with_its_place(folder: Path) -> None:
    """Who forgets a text reads in which file to write it, below which line."""
    line = change(folder, "en", 'at_home = "At your home"\n', "")
    (said,) = differences()
    assert said.startswith(f"{folder / 'en.toml'}:{line - 1}: the text 'at_home' is missing;")
    assert "write it below this line; in nl.toml it is 'Bij u thuis'" in said


def test_a_missing_word_of_a_text_is_named_with_its_line(folder: Path) -> None:
    """Also where a prompt of the same name stands above it."""
    line = change(folder, "en", "Your appointment number: {reference}.", "Your number.")
    (said,) = differences()
    assert said.startswith(f"{folder / 'en.toml'}:{line}: the text 'reference' says nothing of")
    assert said.endswith("write {reference} in it")


@pytest.mark.parametrize(
    ("old", "new"),
    [('"{hour}:{minute}"', '"{uur}:{minute}"'), ("{year}", "{jaar}"), ("{year}", "{}")],
)
def test_a_pattern_that_wants_an_unknown_word_is_refused(folder: Path, old: str, new: str) -> None:
    """A mistake in how dates are written is found before a message is sent."""
    change(folder, "en", old, new)
    with pytest.raises(ValidationError):
        catalogue("en")

"""Every prompt that something can say is there in every language, and nothing else is."""

import tomllib
from pathlib import Path

import pytest
from pydantic import ValidationError

from prompts.catalogue import broken_files, catalogue, differences, languages
from tests.prompts.languages import LANGUAGES, change, make_frisian
from tests.prompts.used import used, words

GOODBYE = 'goodbye = "Thank you and goodbye."\n'


def test_the_languages_are_the_files_of_sentences_and_nothing_else() -> None:
    """Another file that lies beside them is no language in which a caller could be answered."""
    assert languages() == sorted(LANGUAGES)


def test_every_prompt_that_can_be_said_is_written(language: str) -> None:
    """No caller reaches a sentence that nobody wrote in his language."""
    assert used() - set(catalogue(language).prompts) == set()


def test_every_prompt_that_is_written_can_be_said(language: str) -> None:
    """A prompt that nothing says is left over; a short form belongs to the prompt it shortens."""
    written = {key.removesuffix("_short") for key in catalogue(language).prompts}
    assert written - used() == set()


def test_the_source_names_its_prompts_in_ways_that_this_test_finds() -> None:
    """One prompt of each way in which the telephone names one."""
    ways = {"welcome", "time_on_day", "no_later_times", "give_up", "opening_taken", "sorry"}
    assert ways | {"one_person", "no_match_2", "closed_holiday"} <= used()


def test_the_languages_have_the_same_prompts_with_the_same_words_in_them() -> None:
    """What one caller is told, every caller is told."""
    one, other = (catalogue(language) for language in LANGUAGES)
    wanted = {key: one.variables(key) for key in one.prompts}
    assert wanted == {key: other.variables(key) for key in other.prompts}


def test_every_word_in_a_prompt_is_one_that_is_filled_in(language: str) -> None:
    """A misspelled {word} would reach the caller as an apology."""
    sentences = catalogue(language)
    written = {word for key in sentences.prompts for word in sentences.variables(key)}
    assert written - words() == set()


def test_a_short_form_fills_in_the_same_words_as_the_long_one(language: str) -> None:
    """The second reminder loses no key."""
    sentences = catalogue(language)
    for short in (key for key in sentences.prompts if key.endswith("_short")):
        assert sentences.variables(short) == sentences.variables(short.removesuffix("_short"))


def test_nothing_differs_between_the_languages_that_ship(folder: Path) -> None:
    """The check that runs at every start finds nothing in what ships."""
    assert folder.is_dir()
    assert differences() == []


def test_a_missing_prompt_is_named_with_its_file_and_line(folder: Path) -> None:
    """Who forgets a sentence reads below which line to write it, and what it must say."""
    line = change(folder, "en", GOODBYE, "")
    (said,) = differences()
    assert said.startswith(f"{folder / 'en.toml'}:{line - 1}: the prompt 'goodbye' is missing")
    assert said.endswith("write it below this line; in nl.toml it is 'Dank u wel en tot ziens.'")


def test_the_first_prompt_is_missed_below_the_name_of_its_table(folder: Path) -> None:
    """There is no prompt above it to write it below."""
    line = change(folder, "en", f'welcome = "{catalogue("en").prompts["welcome"]}"\n', "")
    catalogue.cache_clear()
    (said,) = differences()
    assert said.startswith(f"{folder / 'en.toml'}:{line - 1}: the prompt 'welcome' is missing")


def test_a_missing_word_is_named_with_its_file_and_line(folder: Path) -> None:
    """Who forgets to say the key reads on which line to write it."""
    line = change(folder, "en", '"Later times: press {key}."', '"Later times: press four."')
    (said,) = differences()
    assert said.startswith(f"{folder / 'en.toml'}:{line}: the prompt 'later_times'")
    assert said.endswith("write {key} in it")


def test_several_missing_words_are_each_written_as_they_must_be(folder: Path) -> None:
    """What the message says to write can be copied into the file."""
    change(folder, "en", "You are coming for {service}, {day}, at {time}.", "You are coming.")
    (said,) = differences()
    assert all(f"{{{word}}}" in said for word in ("service", "day", "time"))


def test_a_line_is_found_however_the_file_is_aligned(folder: Path) -> None:
    """A writer who aligns the equals signs still reads the right line."""
    line = change(folder, "en", 'later_times = "Later times: press {key}."', 'later_times  = "L"')
    (said,) = differences()
    assert said.startswith(f"{folder / 'en.toml'}:{line}: ")


def test_every_difference_is_told_at_once(folder: Path) -> None:
    """Two mistakes do not take two starts to find."""
    change(folder, "en", GOODBYE, "")
    change(folder, "nl", '"Voor latere tijden: toets {key}."', '"Voor latere tijden: toets vier."')
    assert len(differences()) == 2


def test_a_third_language_is_a_file_and_no_code(folder: Path) -> None:
    """A file that somebody puts beside the others is a language from then on."""
    make_frisian(folder)
    frisian = catalogue("fy")
    assert languages() == ["en", "fy", "nl"]
    assert differences() == []
    assert frisian.locale == "fy-NL"
    assert frisian.say("language", {"key": frisian.speech.number(8)}) == "Foar Frysk: toets acht."


def test_a_third_language_is_checked_like_the_others(folder: Path) -> None:
    """What is missing in a language that somebody added is named, with its file."""
    make_frisian(folder)
    change(folder, "fy", 'goodbye = "Dank u wel en tot ziens."\n', "")
    (said,) = differences()
    assert said.startswith(f"{folder / 'fy.toml'}:")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"en-GB"', '"english"'),
        ('"zero", "one"', '"one"'),
        ('"Monday"', '""'),
        ("on_the_hour", "on_every_hour"),
        ('"{hour} o\'clock {part}"', '"{uur} o\'clock {part}"'),
    ],
    ids=["no locale", "too few numbers", "empty word", "unknown pattern", "unknown word"],
)
def test_a_language_that_cannot_be_spoken_is_refused(folder: Path, old: str, new: str) -> None:
    """A mistake in how dates and numbers are said is found before a caller hears it."""
    change(folder, "en", old, new)
    with pytest.raises(ValidationError):
        catalogue("en")


@pytest.mark.parametrize(
    ("old", "new", "right"),
    [
        ('"Thank you and goodbye."', '"Thank you {name."', "write a word to fill in as {word}"),
        ('"Thank you and goodbye."', '"Thank you {}."', "write a word to fill in as {word}"),
        ('"Thank you and goodbye."', '" "', "write a sentence"),
        ('"Thank you and goodbye."', "12", "valid string"),
        ('"Thank you and goodbye."', "Thank you", "is not TOML"),
        ('"en-GB"', '"english"', "match pattern"),
    ],
)
def test_a_broken_file_is_named_with_the_line_and_what_is_right(
    folder: Path, old: str, new: str, right: str
) -> None:
    """Who writes a language reads where each slip is."""
    line = change(folder, "en", old, new)
    (said,) = broken_files()
    assert said.startswith(f"{folder / 'en.toml'}:{line}: ")
    assert right in said


def test_a_file_that_ends_too_early_is_named_with_its_last_line(folder: Path) -> None:
    """A text that nobody closes goes on to the end of the file."""
    path = folder / "en.toml"
    path.write_text('locale = "en-GB"\nspeech = """\n', encoding="utf-8")
    (said,) = broken_files()
    assert said.startswith(f"{path}:2: is not TOML")


def test_a_file_without_prompts_is_named_with_its_first_line(folder: Path) -> None:
    """There is no line on which they stand."""
    path = folder / "en.toml"
    path.write_text('locale = "en-GB"\n', encoding="utf-8")
    assert [said.partition(": ")[0] for said in broken_files()] == [f"{path}:1"] * 4


def test_a_language_without_a_file_is_refused(folder: Path) -> None:
    """Nobody is answered in a language that is not there."""
    with pytest.raises(FileNotFoundError, match=str(folder / "de.toml")):
        catalogue("de")


def test_a_file_that_is_not_toml_is_refused(folder: Path) -> None:
    """A quotation mark that is missing is found when the file is read."""
    change(folder, "en", '"en-GB"', '"en-GB')
    with pytest.raises(tomllib.TOMLDecodeError):
        catalogue("en")


def test_a_prompt_that_does_not_exist_cannot_be_said(language: str) -> None:
    """Nothing is made up: an unknown prompt, or a word that is not given, is an error."""
    with pytest.raises(KeyError):
        catalogue(language).say("no_such_prompt", {})
    with pytest.raises(KeyError):
        catalogue(language).say("later_times", {})

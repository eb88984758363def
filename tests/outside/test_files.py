"""A mistake in a file stops the start, with the file, the line, and what would be right."""

from pathlib import Path

import pytest

from ivr.settings import CannotStart
from scheduling.municipality_file import LEIDERDORP
from tests.outside.conftest import Installation
from tests.prompts.languages import change, make_frisian, municipality_also_in

LEIDERDORPS = LEIDERDORP.read_text(encoding="utf-8")


def refusal(installation: Installation, municipality: Path) -> str:
    """Why the line does not start with this file."""
    with pytest.raises(CannotStart) as refused:
        installation.starts(MUNICIPALITY=str(municipality))
    return refused.value.message


def line_of(text: str, words: str) -> int:
    """The line on which these words stand for the first time."""
    return text[: text.index(words)].count("\n") + 1


def test_another_municipality_is_another_file(installation: Installation) -> None:
    """The line speaks for the municipality whose file is named."""
    file = installation.writes("elders.toml", LEIDERDORPS.replace("gemeente Leiderdorp", "elders"))
    parts = installation.starts(MUNICIPALITY=str(file))
    assert parts.calendar.municipality.name["nl"] == "elders"


def test_a_file_that_is_not_there_is_named(installation: Installation) -> None:
    """The message names the setting and the file."""
    said = refusal(installation, installation.folder / "nothing.toml")
    assert said.startswith("MUNICIPALITY: ")
    assert "nothing.toml" in said


def test_a_folder_is_no_municipality(installation: Installation) -> None:
    """The message names the setting and the folder."""
    said = refusal(installation, installation.folder)
    assert said.startswith("MUNICIPALITY: ")
    assert str(installation.folder) in said


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ("grid_minutes = 10 ", "grid_minutes = 11 ", "grid_minutes"),
        ('from = "08:00"', 'from = "8 uur"', "08:00"),
        ('number = "+31715458500"', 'number = "071 5458500"', "+31715458500"),
        ('zone = "Europe/Amsterdam"', 'zone = "Leiderdorp"', "Europe/Amsterdam"),
        ("minutes = 20\n", "minuten = 20\n", "minuten"),
        ("[voices]", "[voices", "TOML"),
    ],
)
def test_a_mistake_is_told_with_file_and_line(
    installation: Installation, right: str, wrong: str, told: str
) -> None:
    """Whoever mends the file goes straight to the line."""
    file = installation.writes("broken.toml", LEIDERDORPS.replace(right, wrong, 1))
    said = refusal(installation, file)
    assert f"{file}:{line_of(LEIDERDORPS, right)}: " in said
    assert told in said


def test_every_mistake_is_told_at_once(installation: Installation) -> None:
    """Two mistakes do not take two starts to find."""
    text = LEIDERDORPS.replace("grid_minutes = 10 ", "grid_minutes = 11 ")
    file = installation.writes("broken.toml", text.replace("persons = 6", "persons = 60"))
    assert len(refusal(installation, file).splitlines()) == 2


def test_a_voice_that_does_not_exist_is_named_with_its_line(installation: Installation) -> None:
    """The message says which voices there are."""
    wrong = LEIDERDORPS.replace("Polly.Laura-Neural", "Polly.Laura")
    file = installation.writes("voices.toml", wrong)
    said = refusal(installation, file)
    assert said.startswith(f"{file}:{line_of(wrong, 'Polly.Laura')}: voices.nl: ")
    assert "'Polly.Laura'" in said
    assert "Polly.Laura-Neural" in said


@pytest.mark.parametrize("gone", ["Google.nl-NL-Wavenet-A", "Google.nl-NL-Wavenet-E", ""])
def test_a_voice_that_is_gone_is_refused(installation: Installation, gone: str) -> None:
    """Google's names A to E are gone; a call with one would end in error 13512."""
    file = installation.writes("voices.toml", LEIDERDORPS.replace("Polly.Laura-Neural", gone))
    assert "there is no voice" in refusal(installation, file)


@pytest.mark.parametrize("voice", ["Polly.Lotte", "Polly.Ruben", "Google.nl-NL-Wavenet-G"])
def test_another_dutch_voice_may_be_chosen(installation: Installation, voice: str) -> None:
    """The voice is a setting."""
    file = installation.writes("voices.toml", LEIDERDORPS.replace("Polly.Laura-Neural", voice))
    assert installation.starts(MUNICIPALITY=str(file)).file.municipality.voices["nl"] == voice


def test_a_language_without_prompts_is_named_with_its_line(installation: Installation) -> None:
    """The message says which languages there are, and which file is missing."""
    text = municipality_also_in("fy", "Google.fy-NL-Standard-A")
    file = installation.writes("frisian.toml", text)
    said = refusal(installation, file)
    assert said.startswith(f"{file}:{line_of(text, 'languages =')}: ")
    assert "'fy' (there are: en, nl)" in said
    assert "fy.toml" in said


def test_a_third_language_is_two_files_and_no_code(
    installation: Installation, folder: Path
) -> None:
    """With its prompts, and its words in the municipality's file, the line starts in three."""
    make_frisian(folder)
    text = municipality_also_in("fy", "Google.fy-NL-Standard-A")
    parts = installation.starts(MUNICIPALITY=str(installation.writes("frisian.toml", text)))
    assert parts.calendar.municipality.languages == ("nl", "en", "fy")


def test_a_voice_of_another_language_is_refused(installation: Installation, folder: Path) -> None:
    """A language that no list of voices knows still needs a voice of its own locale."""
    make_frisian(folder)
    text = municipality_also_in("fy", "Polly.Laura-Neural")
    said = refusal(installation, installation.writes("frisian.toml", text))
    assert "there is no voice 'Polly.Laura-Neural' for fy-NL" in said


def test_words_that_a_language_lacks_are_named_with_their_line(installation: Installation) -> None:
    """Who adds a language reads of each name that is not yet written in it."""
    text = LEIDERDORPS.replace('languages = ["nl", "en"]', 'languages = ["nl", "en", "fy"]')
    file = installation.writes("frisian.toml", text)
    said = refusal(installation, file)
    assert f"{file}:{line_of(text, '[name]')}: name: nothing is written in 'fy'" in said


def test_a_prompt_that_is_missing_stops_the_start(installation: Installation, folder: Path) -> None:
    """No caller hears an apology because a sentence was forgotten."""
    change(folder, "en", 'goodbye = "Thank you and goodbye."\n', "")
    said = refusal(installation, LEIDERDORP)
    assert said.startswith(f"{folder / 'en.toml'}:")
    assert "the prompt 'goodbye' is missing; write it below this line" in said


@pytest.mark.parametrize(
    ("old", "new"), [('"en-GB"', '"en-GB'), ('"en-GB"', '"english"'), ('"zero", ', "")]
)
def test_a_file_of_prompts_that_is_broken_stops_the_start(
    installation: Installation, folder: Path, old: str, new: str
) -> None:
    """A mistake in a file of prompts is told like one in the municipality's, by its name."""
    change(folder, "en", old, new)
    assert str(folder / "en.toml") in refusal(installation, LEIDERDORP)


def test_the_demos_token_is_for_its_owner_only(installation: Installation) -> None:
    """Nobody else on the machine reads the token with which the demo's calls are signed."""
    installation.starts()
    token = installation.folder / "instance" / "demo-token"
    assert token.stat().st_mode & 0o777 == 0o600
    assert len(token.read_text(encoding="ascii")) == 32


def test_the_demos_token_is_kept(installation: Installation) -> None:
    """The line and `flask call` in another terminal share one token."""
    one, other = installation.starts(), installation.starts()
    assert one.signature.validators[0].token == other.signature.validators[0].token


def test_two_demos_have_different_tokens(installation: Installation) -> None:
    """A token is made at random for each installation, and stands in no source."""
    one, other = installation.starts("one"), installation.starts("other")
    assert one.signature.validators[0].token != other.signature.validators[0].token


@pytest.mark.parametrize("left", ["", "\n"])
def test_an_empty_demo_token_is_not_accepted(installation: Installation, left: str) -> None:
    """A file left empty, say by a full disk, does not let everybody sign with nothing."""
    (installation.folder / "instance").mkdir()
    installation.writes("instance/demo-token", left)
    try:
        parts = installation.starts()
    except CannotStart:
        return
    assert len(parts.signature.validators[0].token.strip()) == 32

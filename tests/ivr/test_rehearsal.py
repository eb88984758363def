"""Calls are played with digits that work, and the chart has words in each language."""

from pathlib import Path

import pytest

from ivr.questions import Entry
from ivr.rehearsal.printed import NoWords, Printed
from ivr.rehearsal.props import EXAMPLES, NoExample, Props, keyed_in
from ivr.speaker import Speaker
from ivr.step import Step
from ivr.texting import KeyMobile
from ivr.welcome import ChooseService
from prompts.catalogue import HERE, catalogue, languages
from scheduling.references import is_valid
from tests.conftest import TUESDAY, World
from tests.ivr.rehearsed import the_calendar, the_passages
from tests.prompts.languages import kept_in

REFERENCES = ("234567892355", "234567892367", "234567892378")
PROPS = Props(*REFERENCES, TUESDAY, ("2350",), {"nl": "000000000"}, "111111111")


def test_a_step_without_an_example_is_named() -> None:
    """Who adds a question for digits reads where to say which digits work."""
    asks = Entry(4, str.isdigit, "wrong")
    with pytest.raises(NoExample, match=r"ChooseService asks for digits: .*props\.py"):
        keyed_in(ChooseService("care", ()), asks, PROPS)


def test_an_example_that_does_not_work_is_named() -> None:
    """A question that becomes stricter is told, instead of being walked past."""
    asks = Entry(10, lambda _: False, "wrong")
    with pytest.raises(NoExample, match="KeyMobile does not take 0612345678 for 'a_mobile'"):
        keyed_in(KeyMobile("2345"), asks, PROPS)


def test_every_example_is_of_a_step_that_is_reached() -> None:
    """No line is left behind by a step that is gone."""
    reached = {type(passage.source).__name__ for passage in the_passages()}
    assert set(EXAMPLES) <= reached
    assert set(EXAMPLES) <= set(Step.kinds)


def test_the_unknown_reference_could_be_one() -> None:
    """It is refused because nobody has it, not because of a slip."""
    unknown = PROPS.unknown()
    assert is_valid(unknown)
    assert unknown not in {PROPS.booked, PROPS.texted, PROPS.cancelled}


def test_every_language_has_the_same_printed_words() -> None:
    """The chart can be drawn in each that ships."""
    printed = [set(catalogue(language).printed) for language in languages()]
    assert all(words == printed[0] for words in printed)


def test_a_language_without_printed_words_is_told(tmp_path: Path) -> None:
    """The line speaks it all the same; only its chart cannot be drawn."""
    with kept_in(tmp_path):
        file = tmp_path / "en.toml"
        text = (HERE / "en.toml").read_text(encoding="utf-8")
        file.write_text(text.partition("[printed]")[0], encoding="utf-8")
        printed = Printed(Speaker(the_calendar()), "en")
        with pytest.raises(NoWords, match=r"en\.toml: \[printed\] has no 'Welcome'"):
            printed.word("Welcome")


def test_the_chart_goes_into_a_file(world: World, tmp_path: Path) -> None:
    """In the language that is asked for."""
    file = tmp_path / "dialogue.svg"
    runner = world.app.test_cli_runner()
    done = runner.invoke(args=["prompts", "chart", str(file), "--language", "en"])
    assert done.exit_code == 0, done.output
    assert "The telephone call of the municipality of Leiderdorp" in file.read_text("utf-8")


def test_a_language_that_is_not_spoken_is_told(world: World) -> None:
    """Who mistypes it reads which there are."""
    done = world.app.test_cli_runner().invoke(args=["prompts", "chart", "--language", "fy"])
    assert done.exit_code != 0
    assert "nl, en" in done.stderr

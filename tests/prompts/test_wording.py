"""What is said is short and simple: the choice before the key, "u", no digits, few choices."""

import re
import tomllib
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from ivr.agents import AgentsBusy, AgentsClosed, Waiting
from ivr.another_day import AnotherDay, ChoosePart
from ivr.booking import Booked, ConfirmBooking
from ivr.call_back import ConfirmCallBack
from ivr.closed import Closed
from ivr.errand import Errand, Seen, Time
from ivr.existing import Cancelled, ConfirmCancel, Existing, Over, WhatToBring
from ivr.handover import Announced
from ivr.home_visit import CannotCome, NobodyBrings, Visit
from ivr.offering import ChooseOpening, NothingFree
from ivr.questions import GroupName, Menu, Prompt, ServiceName
from ivr.step import Step
from ivr.texting import ConfirmMobile, EnoughTexts, Texted
from ivr.welcome import ChoosePersons, ChooseService, NextAppointment, Welcome
from prompts.catalogue import catalogue
from scheduling.municipality import Municipality
from scheduling.municipality_file import LEIDERDORP, MunicipalityFile
from scheduling.openings import Wish
from tests.conftest import TEN_O_CLOCK, TUESDAY

MOST_WORDS = 25
MOST_OPTIONS = 5
SHARED_KEYS = {0, 9}
"""An employee and the other language: not counted among a menu's own options."""

PRESS = {"nl": "toets", "en": "press"}
KEY_NAMES = {"nl": ("sterretje", "hekje"), "en": ("star", "hash")}
CHOICE_OF_TWO = {"nl": " of ", "en": " or "}
INFORMAL = re.compile(r"\b(je|jij|jou|jouw|jullie|jezelf)\b", re.IGNORECASE)
SPOKEN_KEYS = {"name", "website", "hours_in_words", "bring"}


def sentences(text: str) -> list[str]:
    """The sentences of a text, each with its own mark at the end."""
    return re.findall(r"[^.?!]+[.?!]?", text)


def spoken_words(value: Any, inside: str = "") -> Iterator[tuple[str, str, str]]:  # noqa: ANN401  TOML
    """Everything in the municipality's file that is spoken: what it is, language, words."""
    if isinstance(value, list):
        for each in value:
            yield from spoken_words(each, inside)
    if isinstance(value, dict):
        for key, each in value.items():
            if inside in SPOKEN_KEYS and isinstance(each, str):
                yield inside, key, each
            else:
                yield from spoken_words(each, key)


LEIDERDORPS = list(spoken_words(tomllib.loads(LEIDERDORP.read_text(encoding="utf-8"))))
LONGEST = {
    "municipality": "gemeente Leiderdorp",
    "service": "een gehandicaptenparkeerkaart of een gehandicaptenparkeerplaats",
    "choice": "een gehandicaptenparkeerkaart of een gehandicaptenparkeerplaats",
    "day": "vandaag, woensdag eenendertig december",
    "time": "twintig uur vijfenvijftig",
    "persons": "één persoon",
    "holiday": "tweede Pinksterdag",
    "first": "vandaag, woensdag eenendertig december",
    "weekday": "donderdag",
    "hours": next(w for what, lang, w in LEIDERDORPS if (what, lang) == ("hours_in_words", "nl")),
    "website": "www punt leiderdorp punt nl",
    "key": "twee",
    "count": "zes",
    "fewest": "één",
    "most": "zes",
    "digits": "twee, vijf, acht",
}


def test_the_key_comes_last(language: str) -> None:
    """First the choice, then the key: who hears his choice presses what he hears next."""
    order = re.compile(rf"\S.*: {PRESS[language]} \{{key\}}\.")
    short = re.compile(r"\S.*: \{key\}\.")
    for name, said in catalogue(language).prompts.items():
        if "{key}" in said:
            pattern = short if name.endswith("_short") else order
            assert pattern.fullmatch(said), f"{name} does not end in its key: {said}"


def test_star_and_hash_come_after_what_they_do(language: str) -> None:
    """The two keys that are no digits follow the same order."""
    for said in catalogue(language).prompts.values():
        for sentence in sentences(said):
            for key in KEY_NAMES[language]:
                ends = sentence.endswith(f": {PRESS[language]} {key}.")
                assert ends or key not in sentence.split(), sentence


def test_no_sentence_has_a_digit_in_it(language: str) -> None:
    """A voice that is given "9:30" guesses; one that is given words does not."""
    digits = [said for said in catalogue(language).prompts.values() if re.search(r"\d", said)]
    assert digits == []


def test_no_word_of_the_municipality_has_a_digit_in_it() -> None:
    """Also the hours, what to bring, and the website are words."""
    assert {what for what, _, _ in LEIDERDORPS} == SPOKEN_KEYS
    assert [words for _, _, words in LEIDERDORPS if re.search(r"\d", words)] == []


def test_dutch_says_u() -> None:
    """The municipality addresses its citizens with "u", in every sentence."""
    said = [*catalogue("nl").prompts.values(), *(w for _, lang, w in LEIDERDORPS if lang == "nl")]
    assert [each for each in said if INFORMAL.search(each)] == []


def test_no_dutch_sentence_is_long() -> None:
    """Nobody has to remember more than some 25 words, whatever is filled in."""
    for name, said in catalogue("nl").prompts.items():
        for sentence in sentences(said.format_map(LONGEST)):
            count = len(re.findall(r"[\w'-]+", sentence))
            assert count <= MOST_WORDS, f"{name} has {count} words: {sentence}"


def test_what_is_filled_in_is_all_that_the_dutch_sentences_want() -> None:
    """The test above leaves no sentence out."""
    sentences_ = catalogue("nl")
    assert {w for key in sentences_.prompts for w in sentences_.variables(key)} == set(LONGEST)


def menus(file: MunicipalityFile) -> list[Step]:
    """Every step that offers a choice, at its fullest, as Leiderdorp has it."""
    m = file.municipality
    times = tuple(Time(TEN_O_CLOCK + timedelta(hours=n), TUESDAY) for n in range(3))
    one = times[0]
    errand = Errand(Wish("disabled-parking"), moves=Seen("222", one))
    groups = tuple(g.key for g in m.groups)
    visit = Visit("id-card-home-visit", "travel-document")
    return [
        *(Welcome(groups, m.languages, language) for language in m.languages),
        NextAppointment(groups, TEN_O_CLOCK),
        *(ChooseService(group.key, group.services) for group in m.groups),
        ChoosePersons("travel-document", 6, visit="id-card-home-visit"),
        ChooseOpening(errand, times, TUESDAY),
        AnotherDay(errand),
        ChoosePart(errand, ("morning", "afternoon", "evening"), 2),
        NothingFree(errand, TUESDAY, TUESDAY),
        ConfirmBooking(errand, one, TUESDAY),
        Booked(errand, one, TUESDAY, "222", one),
        CannotCome(visit),
        NobodyBrings(visit),
        Existing(errand, one, TUESDAY),
        WhatToBring("disabled-parking"),
        ConfirmCancel(errand, one, TUESDAY),
        Cancelled(errand, one, TUESDAY),
        Over(errand, one, TUESDAY, "existing_past"),
        ConfirmMobile("222", "+31612345678", "0612345678"),
        Texted(TEN_O_CLOCK),
        EnoughTexts(),
        Announced("nl", "en", Wish("disabled-parking"), is_existing=False),
        AgentsBusy(3),
        Waiting(3, "give_up"),
        AgentsClosed(),
        ConfirmCallBack("+31612345678"),
        Closed(m.languages, TUESDAY, is_holiday=False, opens=one.at, opens_on=one.on),
    ]


def test_no_menu_is_left_out(leiderdorp: MunicipalityFile) -> None:
    """A step that is added is looked at here too; these offer nothing to choose from."""
    bare = {"CallAgent", "CallBackNoted", "Goodbye", "RingLater"}
    steps = {
        name
        for name, kind in Step.kinds.items()
        if kind.__module__.startswith("ivr.") and not name.startswith("Key")
    }
    assert {type(step).__name__ for step in menus(leiderdorp)} == steps - bare


def choices(step: Step, m: Municipality, language: str) -> list[str]:
    """What each of a step's own options sounds like, without those that are the same everywhere."""
    menu = step.ask()
    assert isinstance(menu, Menu)
    said = catalogue(language)
    return [
        said.say(prompt.key, LONGEST | names(prompt, m, language) | {"key": said.speech.number(n)})
        for key, prompt in sorted(menu.options.items())
        if (n := int(key)) not in SHARED_KEYS
    ]


def names(prompt: Prompt, m: Municipality, language: str) -> dict[str, str]:
    """The municipality's own names in a prompt; a day or a time does not matter here."""
    groups = {group.key: group.name[language] for group in m.groups}
    found = {}
    for word, value in prompt.values.items():
        if isinstance(value, GroupName):
            found[word] = groups[value.group]
        if isinstance(value, ServiceName):
            found[word] = m.services[value.service].name[language]
    return found


def test_no_menu_offers_more_than_five_keys(leiderdorp: MunicipalityFile, language: str) -> None:
    """At most five of its own; besides them an employee and another language."""
    for step in menus(leiderdorp):
        assert len(choices(step, leiderdorp.municipality, language)) <= MOST_OPTIONS, step


def test_no_menu_names_more_than_five_things(leiderdorp: MunicipalityFile, language: str) -> None:
    """A choice that is called "x of y" counts as two."""
    for step in menus(leiderdorp):
        said = choices(step, leiderdorp.municipality, language)
        many = len(said) + sum(each.count(CHOICE_OF_TWO[language]) for each in said)
        assert many <= MOST_OPTIONS, f"{type(step).__name__} names {many}: {said}"


def test_a_time_page_names_three_times_and_two_ways_on(leiderdorp: MunicipalityFile) -> None:
    """Three times to remember, then later ones or another day."""
    times = tuple(Time(TEN_O_CLOCK + timedelta(hours=n), TUESDAY) for n in range(3))
    step = ChooseOpening(Errand(Wish("permit")), times, TUESDAY)
    said = choices(step, leiderdorp.municipality, "nl")
    keys = [words.rpartition(" ")[2] for words in said]
    assert keys == ["één.", "twee.", "drie.", "vier.", "vijf."]
    assert said[3:] == ["Voor latere tijden: toets vier.", "Voor een andere dag: toets vijf."]


@pytest.mark.parametrize("key", ["0", "9"])
def test_the_shared_keys_mean_the_same_in_every_menu(
    leiderdorp: MunicipalityFile, key: str
) -> None:
    """Zero is an employee and nine another language, and never a choice of some menu."""
    for step in menus(leiderdorp):
        menu = step.ask()
        assert isinstance(menu, Menu)
        assert key not in menu.hidden
        assert key not in menu.options or menu.options[key].key in {"employee", "language"}

"""An agent works with keys alone."""

import re

from scheduling.presence import present
from tests.conftest import World
from tests.web.browser.screen import Screen
from tests.web.browser.views import VIEWS, Office
from tests.web.employee import PASSWORD, deeds, entries, hire

_SHOWS_FOCUS = """() => {
  const there = document.activeElement, style = getComputedStyle(there);
  const at = there.getBoundingClientRect();
  const seen = document.elementFromPoint(at.left + at.width / 2, at.top + at.height / 2);
  const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  return outlined && there.contains(seen);
}"""

SIGNED_IN = ["Naar de inhoud", "Begin G", "Wachtwoord", "Afmelden Q"]
WISH = ["Waarvoor N", "Personen", "Taal van de beller", "Vanaf dag", "Toon tijden T"]
CALLER = ["Mobiel voor sms (mag leeg blijven) M", "Voor de balie (mag leeg blijven) B"]
TIMES = [f"{n} vandaag, dinsdag 1 december, 11:{n - 1}0 uur boek" for n in (1, 2, 3)]
OTHERWISE = ["Latere tijden L", "Geef door aan de lijn: code C"]
SEARCH = ["Afspraaknummer Z", "Zoek"]
TASKS = ["Klaar K met Terugbellen +31712345678", "Klaar met Sms niet aangekomen +31712345678"]


def test_an_agent_books_moves_and_cancels_with_keys(world: World, screen: Screen) -> None:
    """From signing in to signing out, and nobody touches a mouse."""
    hire(world)
    screen.signs_in()
    screen.finds_focus_on("Waarvoor N")
    screen.types("Paspoort")
    screen.presses("Tab")
    screen.types("2")
    screen.goes_on_by("Alt+t")
    assert len(screen.times) == 3
    assert "identiteitskaart, 2 personen" in screen.text
    second = screen.times[1][2:]
    screen.goes_on_by("Alt+2")
    reference = _reference(screen)
    assert "staat vast" in screen.focused
    assert second in screen.text
    screen.goes_on_by("Alt+v")
    third = screen.times[2][2:]
    screen.goes_on_by("Alt+3")
    assert (_reference(screen), third in screen.text) == (reference, True)
    (entry,) = entries(world)
    assert (entry.reference, entry.persons, entry.channel) == (reference, 2, "agent")
    screen.presses("Alt+z")
    screen.types(reference)
    screen.goes_on_by("Enter")
    screen.goes_on_by("Alt+x")
    assert "is afgezegd" in screen.focused
    assert entries(world) == []
    screen.goes_on_by("Alt+q")
    assert "U bent afgemeld" in screen.text


def _reference(screen: Screen) -> str:
    found = re.search(r"Afspraak ((?:\d{3} ?){4})", screen.text)
    assert found, screen.text
    return found[1].replace(" ", "")


def test_a_time_under_the_focus_is_booked_with_enter(world: World, screen: Screen) -> None:
    """The first time has the focus when times are shown; the next are one Tab further."""
    hire(world)
    screen.signs_in()
    screen.asks_for()
    first, second, _ = screen.times
    assert screen.focused.startswith(first)
    screen.presses("Tab")
    assert screen.focused.startswith(second)
    screen.goes_on_by("Enter")
    assert f"{second[2:]} uur" in screen.text
    assert len(entries(world)) == 1


def test_what_was_typed_wrong_has_the_focus(world: World, screen: Screen) -> None:
    """With what was typed, and what is wrong with it beside."""
    hire(world)
    screen.signs_in()
    screen.asks_for()
    screen.presses("Alt+m")
    screen.types("071 545 85 00")
    screen.goes_on_by("Alt+1")
    screen.finds_focus_on("Mobiel voor sms (mag leeg blijven) M")
    assert "geen Nederlands mobiel nummer" in screen.text
    screen.presses("Alt+z")
    screen.types("222 222 222 222")
    screen.goes_on_by("Enter")
    screen.finds_focus_on("Afspraaknummer Z")
    assert "geen afspraak met dit nummer" in screen.text
    assert screen.page.input_value(":focus") == "222 222 222 222"


def test_a_code_a_task_and_the_switch_have_keys(world: World, screen: Screen) -> None:
    """C makes a code that is read at once, K strikes a task off, G begins to take calls."""
    Office.at_work(world, screen)
    screen.signs_in()
    screen.asks_for()
    screen.goes_on_by("Alt+c")
    assert re.fullmatch(r"(\d{3} ){2}\d{3}", screen.focused)
    assert "Geldig tot 10:10 uur" in screen.text
    assert "Te doen (2)" in screen.text
    screen.goes_on_by("Alt+k")
    assert "Te doen (1)" in screen.text
    assert deeds(world).count(("Fatima", "task_done")) == 1
    screen.goes_on_by("Alt+g")
    with world.database.read() as connection:
        assert present(connection, world.clock()) == ["Fatima"]
    assert "Nemen nu gesprekken aan: Fatima." in screen.text
    screen.goes_on_by("Alt+g")
    assert "Niemand neemt nu gesprekken aan." in screen.text


def test_a_caller_who_talks_is_sent_back_with_a_key(world: World, screen: Screen) -> None:
    """What he came for stands beside him; in a demo, which has no account, his code is shown."""
    VIEWS["talking"](Office.at_work(world, screen))
    assert "twee personen. Hoorde drie tijden, en twijfelt." in screen.text
    screen.goes_on_by("Alt+r")
    assert "geen telefoondienst" in screen.text
    assert "Code om door te geven" in screen.text


def test_the_focus_passes_everything_in_reading_order(world: World, screen: Screen) -> None:
    """Each control once, always to be seen, in both directions, and out at the other end."""
    Office.at_work(world, screen)
    screen.signs_in()
    screen.asks_for()
    whole = [*SIGNED_IN, *WISH, *CALLER, *TIMES, *OTHERWISE, *SEARCH, *TASKS]
    assert _passed(screen, "Tab") == whole[whole.index(TIMES[1]) :]
    assert _passed(screen, "Tab") == whole
    assert _passed(screen, "Shift+Tab") == whole[::-1]


def _passed(screen: Screen, key: str) -> list[str]:
    """What has the focus, one after another, until it leaves the page."""
    passed: list[str] = []
    for _ in range(60):
        screen.presses(key)
        name = screen.focused
        if not name:
            return passed
        assert screen.page.evaluate(_SHOWS_FOCUS), name
        if passed[-1:] != [name]:  # a field for a date has several parts
            passed.append(name)
    raise AssertionError(f"the focus never leaves the page: {passed}")


def test_a_password_is_changed_with_keys(world: World, screen: Screen) -> None:
    """From the agent's page and back; a refused one is told beside its field."""
    hire(world)
    screen.signs_in()
    screen.page.evaluate("document.querySelector('.skip').focus()")
    while screen.focused != "Wachtwoord":
        screen.presses("Tab")
    screen.goes_on_by("Enter")
    screen.changes_password("passwordpassword")
    assert "Veel mensen gebruiken dit wachtwoord." in screen.text
    screen.changes_password("een blauwe fiets op zolder")
    assert "Uw wachtwoord is veranderd." in screen.text
    screen.goes_on_by("Alt+q")
    screen.signs_in(password="een blauwe fiets op zolder")  # noqa: S106  opens nothing but tests
    assert "Nieuwe afspraak" in screen.text


def test_a_password_is_pasted(world: World, screen: Screen) -> None:
    """Into the masked fields too, whole."""
    hire(world)
    screen.opens("/agent")
    screen.finds_focus_on("Naam")
    screen.types(PASSWORD)
    screen.presses("Control+a", "Control+x")
    screen.types("Fatima")
    screen.presses("Tab", "Control+v")
    screen.goes_on_by("Enter")
    assert "Nieuwe afspraak" in screen.text


def test_the_skip_link_leads_to_the_contents(world: World, screen: Screen) -> None:
    """Past the head of the page."""
    hire(world)
    screen.signs_in()
    screen.page.evaluate("document.querySelector('.skip').focus()")
    screen.presses("Enter", "Tab")
    screen.finds_focus_on("Waarvoor N")

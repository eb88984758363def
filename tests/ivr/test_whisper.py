"""What an employee hears before a caller is connected, and that only a key there connects him."""

import pytest

from ivr.carrier import PhoneCall
from tests.calling import PASSPORT, hears, key_in
from tests.conftest import World
from tests.ivr.looking import held


def rung(world: World, keys: str, takes: str | None = "1") -> PhoneCall:
    """Somebody who wants an employee after some keys, and whose call an employee answers."""
    call = world.caller(agents=("completed",))
    call.takes = takes
    call.ring()
    key_in(call, keys + "0")
    return call


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ("", "Koos nog niets."),
        ("1", "Koos nog niets."),
        ("11", "Beller voor een paspoort of identiteitskaart, één persoon. Koos nog geen tijd."),
        ("112", "Beller voor een paspoort of identiteitskaart, twee personen. Hoorde drie tijden"),
        ("1114", "Hoorde zes tijden, en twijfelt."),
        ("1115", "Zoekt een andere dag."),
        (PASSPORT, "Was bijna klaar."),
        (PASSPORT + "1", "Heeft al geboekt."),
        ("5", "Belt over een afspraak die er al is."),
        ("117", "Beller voor een identiteitskaart aan huis, één persoon. Koos nog geen tijd."),
    ],
)
def test_the_employee_hears_what_was_chosen(world: World, keys: str, said: str) -> None:
    """Service, persons and how far the caller came, before anybody is connected."""
    call = rung(world, keys)
    assert said in " ".join(call.whispered)
    assert "Om te verbinden: toets één." in " ".join(call.whispered)
    assert hears(call, "tot ziens")


def test_the_employee_hears_which_language_the_caller_chose(world: World) -> None:
    """In that language, so that nobody needs to know its Dutch name."""
    call = rung(world, "9112")
    assert "De beller spreekt:" in " ".join(call.whispered)
    assert "English." in call.whispered


@pytest.mark.parametrize("takes", [None, "2", "5"])
def test_a_caller_whom_nobody_takes_is_told_and_keeps_his_times(
    world: World, takes: str | None
) -> None:
    """An answering machine answers too, and Twilio says of both that the talk is completed."""
    call = rung(world, PASSPORT, takes)
    assert hears(call, "geen medewerker vrij")
    assert len(held(world)) == 1
    call.press("2")
    assert hears(call, "Klopt dit?")


def test_a_caller_who_has_hung_up_is_no_longer_offered(world: World) -> None:
    """The employee hears so, and nobody is connected to silence."""
    call = world.caller(agents=("no-answer",))
    call.ring()
    call.press("0")
    call.hang_up()
    leg = {"CallSid": "CBagent", "ParentCallSid": call.sid}
    for path in ("/voice/whisper", "/voice/whisper/answer"):
        reply = call.post(path, leg | {"Digits": "1"})
        assert "De beller heeft opgehangen." in reply.body.decode()
        assert "<Hangup" in reply.body.decode()


def test_an_employee_is_connected_also_when_the_line_cannot_say_who_it_is(world: World) -> None:
    """The database is away: he hears nothing, and has the caller."""
    call = world.caller()
    world.database.close()
    reply = call.post("/voice/whisper", {"CallSid": "CBagent"})
    assert reply.status == 200


def test_what_is_whispered_is_signed_like_everything(world: World) -> None:
    """Nobody else can ask who is calling."""
    answer = world.app.test_client().post("/voice/whisper", data={"CallSid": "CB1"})
    assert answer.status_code == 403

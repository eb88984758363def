"""Every page that employees see, and the keys that lead there."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from ivr.carrier import TALKING
from scheduling.tasks import Task, ask_for
from tests.calling import press_all
from tests.conftest import World
from tests.web.browser.screen import Screen
from tests.web.employee import hire
from web.accounts import was_given

LONGEST_SERVICE = "gehandicapten"
"""The first letters of the service with the longest name."""


@dataclass(frozen=True)
class Office:
    """An agent at a screen, a receptionist, people on the line, and things to do."""

    world: World
    screen: Screen

    @classmethod
    def at_work(cls, world: World, screen: Screen) -> "Office":
        """A busy morning; nobody has signed in."""
        for name, role in (("Fatima", "agent"), ("Ria", "reception")):
            hire(world, name, role)
        for keys in ("", "1", "11"):
            call = world.rings()
            for key in keys:
                call.press(key)
        for kind in ("call_back", "message_failed"):
            task = Task(kind, "+31712345678", "en", detail="2351 DZ 12 B")
            world.database.transact(partial(ask_for, task=task, now=world.clock()))
        return cls(world, screen)


def _sign_in(office: Office) -> None:
    office.screen.opens("/agent")


def _wrong_password(office: Office) -> None:
    office.screen.signs_in(password="een ander wachtwoord")  # noqa: S106  opens nothing


def _refused(office: Office) -> None:
    office.screen.signs_in("Ria")


def _empty(office: Office) -> None:
    office.screen.signs_in()


def _password(office: Office) -> None:
    office.screen.signs_in()
    office.screen.opens("/staff/password")


def _first_password(office: Office) -> None:
    given = partial(was_given, name="Fatima", now=office.world.clock())
    office.world.database.transact(given)
    office.screen.signs_in()


def _password_refused(office: Office) -> None:
    _password(office)
    office.screen.changes_password("123456789012")


def _times(office: Office) -> None:
    office.screen.signs_in()
    office.screen.asks_for(LONGEST_SERVICE)


def _at_home(office: Office) -> None:
    office.screen.signs_in()
    office.screen.asks_for("Identiteitskaart")


def _wrong_mobile(office: Office) -> None:
    _times(office)
    office.screen.presses("Alt+m")
    office.screen.types("071 545 85 00")
    office.screen.goes_on_by("Alt+1")


def _appointment(office: Office) -> None:
    _times(office)
    office.screen.presses("Alt+b")
    office.screen.types("Komt in een rolstoel, en brengt een begeleider mee")
    office.screen.goes_on_by("Alt+1")


def _moving(office: Office) -> None:
    _appointment(office)
    office.screen.goes_on_by("Alt+v")


def _cancelled(office: Office) -> None:
    _appointment(office)
    office.screen.goes_on_by("Alt+x")


def _code(office: Office) -> None:
    _times(office)
    office.screen.goes_on_by("Alt+c")


def _talking(office: Office) -> None:
    call = office.world.rings(agents=(TALKING,))
    press_all(call, "1120")
    office.screen.signs_in()


def _not_sent_back(office: Office) -> None:
    _talking(office)
    office.screen.goes_on_by("Alt+r")


def _unknown(office: Office) -> None:
    office.screen.signs_in()
    office.screen.presses("Alt+z")
    office.screen.types("222 222 222 222")
    office.screen.goes_on_by("Enter")


VIEWS: dict[str, Callable[[Office], None]] = {
    "sign-in": _sign_in,
    "wrong-password": _wrong_password,
    "refused": _refused,
    "password": _password,
    "first-password": _first_password,
    "password-refused": _password_refused,
    "empty": _empty,
    "times": _times,
    "visit-at-home": _at_home,
    "wrong-mobile": _wrong_mobile,
    "appointment": _appointment,
    "moving": _moving,
    "cancelled": _cancelled,
    "code": _code,
    "talking": _talking,
    "not-sent-back": _not_sent_back,
    "unknown-reference": _unknown,
}

"""Several municipalities in one installation, for the tests: their files, and all together."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from werkzeug.test import Client

from app import entrance
from ivr.carrier import PhoneCall, Reply
from ivr.numbers_dialled import Entrance
from ivr.parts import Parts
from ivr.signature import HEADER, Signature
from scheduling.calendar import Calendar
from scheduling.database import Database
from scheduling.municipality_file import LEIDERDORP, read
from scheduling.roster import publish
from tests.conftest import TUESDAY, Clock, World

URL = "https://afspraken.example.nl"
LINES = {"leiderdorp": "+31715458500", "katwijk": "+31714061000"}
SENDERS = {"leiderdorp": "+3197010240500", "katwijk": "+3197010240600"}
NOBODYS = "+31715190009"
_DAYS = 8


def katwijk() -> str:
    """Another municipality: other numbers, services and hours, and English is answered first."""
    text = LEIDERDORP.read_text(encoding="utf-8")
    for old, new in (
        ("Leiderdorp", "Katwijk"),
        ("leiderdorp", "katwijk"),
        ("+31715458500", LINES["katwijk"]),
        ("+31715458501", "+31714061001"),
        ("+31715458502", "+31714061002"),
        (SENDERS["leiderdorp"], SENDERS["katwijk"]),
        ('["nl", "en"]', '["en", "nl"]'),
        ("een uittreksel", "een visvergunning"),
        ("an extract", "a fishing licence"),
        ("services.extract", "services.fishing"),
        ('"extract"', '"fishing"'),
        ('until = "20:00"', 'until = "21:00"'),
    ):
        assert old in text, old
        text = text.replace(old, new)
    return text


def write(folder: Path, settings: Mapping[str, str] | None = None) -> Path:
    """The folder of both municipalities, with what is set for each alone."""
    files = {"leiderdorp": LEIDERDORP.read_text(encoding="utf-8"), "katwijk": katwijk()}
    for name, text in files.items():
        (folder / name).mkdir(parents=True)
        (folder / name / "municipality.toml").write_text(text, encoding="utf-8")
    for name, text in (settings or {}).items():
        (folder / name / "settings.env").write_text(text, encoding="utf-8")
    return folder


@dataclass
class Towns:
    """An installation with several municipalities, each of them a world of its own."""

    entrance: Entrance
    worlds: dict[str, World]
    clock: Clock

    @classmethod
    def of(cls, every: list[Parts], clock: Clock) -> "Towns":
        """At the time of a clock."""
        every = [replace(parts, clock=clock) for parts in every]
        made = entrance(every)
        worlds = {each.name: World(each, made.apps[each.name], clock) for each in every}
        return cls(made, worlds, clock)

    def signature(self, name: str) -> Signature:
        """What Twilio signs with for the account of a municipality, at any address."""
        return Signature.of(URL, self.worlds[name].parts.signature.tokens)

    def asks(self, path: str, form: Mapping[str, str], by: str = "leiderdorp") -> Reply:
        """A request of Twilio's at a path of the host, signed by a municipality's account."""
        headers = {HEADER: self.signature(by).sign(path, dict(form))}
        answer = Client(self.entrance).post(path, data=dict(form), headers=headers)
        return Reply(answer.status_code, answer.mimetype or "", answer.data)

    def caller(self, name: str, number: str = "+31612345678", **how: object) -> PhoneCall:
        """Somebody who will dial the number of a municipality."""
        post: Callable[[str, Mapping[str, str]], Reply] = lambda path, form: self.asks(  # noqa: E731
            path, form, name
        )
        return PhoneCall(post, number=number, line=LINES[name], **how)  # type: ignore[arg-type]

    def rings(self, name: str, path: str = "/voice", **how: object) -> PhoneCall:
        """Somebody who has just dialled it."""
        call = self.caller(name, **how)  # type: ignore[arg-type]
        call.ring(path)
        return call


def publish_book(url: str, name: str, folder: Path) -> None:
    """Makes the book of a municipality, with its roster of some days."""
    calendar = Calendar(read(folder / name / "municipality.toml").municipality)
    database = Database(url)
    database.upgrade()
    database.transact(lambda c: publish(c, calendar, TUESDAY, _DAYS))
    database.close()

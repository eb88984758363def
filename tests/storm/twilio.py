"""Twilio's way of asking the line, and all that can go wrong on it.

One retry, at once, and two where the line's own settings say so, as they do of the fallback URL,
which comes then. Who gets no document from that either hears nothing that the line has to say: he
is left in silence. Twilio's 15 seconds are fewer here, and what is late is late by the order of
events: it comes after Twilio has the answer to the next.
"""

import http.client
import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from ivr.addresses import RETRIED, Addresses
from ivr.carrier import Reply
from ivr.documents import Refused, read
from prompts.catalogue import catalogue
from tests.storm.exchange import Exchange
from tests.storm.hearing import LANGUAGES
from tests.storm.worker import PUBLIC_URL

FALLBACK, STATUS, HANDOVER = "/voice/fallback", "/voice/status", "/voice/handover"
_SORRY = tuple(catalogue(each).prompts["sorry"] for each in LANGUAGES)
_GOES_ON = tuple(catalogue(each).prompts["sorry_go_on"] for each in LANGUAGES)
_NOTHING = Reply(200, "text/xml", b"<Response />")
_OURS = Addresses(PUBLIC_URL)
_ASKED_TWICE_MORE = {
    urlsplit(each).path
    for each in (_OURS.voice, _OURS.handover, _OURS.fallback, _OURS.status)
    if RETRIED in each
}
_LATEST = 3
"""A request that is late comes at most so many seconds after Twilio has given it up."""


class HangsUp(Exception):  # noqa: N818  named for what happened
    """The caller has hung up while his key was on its way."""


@dataclass
class Way:
    """The way of one call's requests. `chance` decides how each fares; see `ivr.carrier.Post`.

    `broken` is set where the line said sorry, or nothing: the caller may not have heard all. Who
    `leaves` hangs up while his next key is on its way.
    """

    exchange: Exchange
    chance: random.Random
    broken: bool = False
    silent: bool = False
    leaves: bool = False
    _is_handed_late: bool = False
    _season: int = field(init=False)
    _before: tuple[str, Mapping[str, str]] | None = None
    _arriving: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._season = self.exchange.season

    def __call__(self, path: str, form: Mapping[str, str]) -> Reply:
        """What Twilio carries out in the end; raises HangsUp."""
        path = path.removeprefix(PUBLIC_URL)
        if urlsplit(path).path == STATUS:
            self._tells(path, form)
            return Reply(204, "", b"")
        if self.leaves:
            self.exchange.later(path, form, self.chance.choice((0, 0, 0.02, 0.5)))
            self.broken = True
            raise HangsUp
        reply = self._asked(path, form, self._fares())
        if _connects(path):  # an employee is connected also where his document does not come
            return reply or _NOTHING
        self._before = path, form
        if reply is None:
            reply = self._fallen_back(path, form)
        self._note_apology(reply)
        return reply

    def _tells(self, path: str, form: Mapping[str, str]) -> None:
        """Tells that the call is over, and again where no answer comes, or one that it failed."""
        for _ in range(3 if STATUS in _ASKED_TWICE_MORE else 1):
            answer = self.exchange.send(path, form)
            if answer and answer.status < http.HTTPStatus.INTERNAL_SERVER_ERROR:
                return

    def _fallen_back(self, path: str, form: Mapping[str, str]) -> Reply:
        """What the fallback says; after it comes what was late."""
        self.broken = True
        self.exchange.count("fallbacks")
        reply = self._asked(FALLBACK, form, "")
        self._is_handed_late |= urlsplit(path).path == HANDOVER
        self._arrive()
        if reply is None:
            self.silent = True
            self.exchange.count("callers left in silence")
            self.exchange.fault(f"call {form['CallSid']}: left in silence at {path}")
            raise Refused("11200 no answer, and none from the fallback")
        return reply

    def _note_apology(self, reply: Reply) -> None:
        if not _says(reply, _SORRY):
            return
        self.broken = True
        if _says(reply, _GOES_ON):
            self.exchange.count("apologies, and the caller goes on where he was")
        elif _says(reply, ("<Dial",)):
            self.exchange.count("apologies, and the caller is connected to an employee")
        else:
            self.exchange.count("apologies at night, and the caller hears when to ring")

    def _fares(self) -> str:
        chances = self.exchange.chances
        (fate,) = self.chance.choices([*chances], [*chances.values()])
        return fate

    def _asked(self, path: str, form: Mapping[str, str], fate: str) -> Reply | None:
        """The document that came, at once or after all retries."""
        is_first = fate.startswith("once more") and self._before is None
        if is_first or (fate == "late twice, fallback" and _connects(path)):
            fate = ""
        if fate:
            self.exchange.count(f"requests {fate}")
        match fate:
            case "late, asked again":
                return self._late(path, form)
            case "late twice, fallback":
                self._arriving += [(path, form)] * 2
                return None
            case "twice at once":
                return self._twice(path, form)
            case "once more beside the next" if self._before:
                self.exchange.later(*self._before)
        first = self._document(path, form)
        if not fate.startswith("without") and first:
            return first
        again = self._retried(path, form)
        self._compare(path, form, first, again)
        return again

    def _late(self, path: str, form: Mapping[str, str]) -> Reply | None:
        """The answer to the second request; only after it, or still later, comes the first."""
        answer = self._document(path, form)
        self._arriving.append((path, form))
        self._arrive()
        return answer

    def _arrive(self) -> None:
        for path, form in self._arriving:
            wait = self.chance.choice((0, self.chance.uniform(0, _LATEST)))
            self.exchange.later(path, form, wait)
        self._arriving.clear()

    def _twice(self, path: str, form: Mapping[str, str]) -> Reply | None:
        """The same request two times at once: Twilio gets the same answer two times."""
        other = self.exchange.later(path, form, self.chance.choice((0, 0, 0.01, 0.05)))
        first = self._document(path, form)
        second = _whole(other.result(), path)
        self._compare(path, form, first, second)
        return first or second or self._document(path, form)

    def _retried(self, path: str, form: Mapping[str, str]) -> Reply | None:
        again = self._document(path, form)
        if again is None and urlsplit(path).path in _ASKED_TWICE_MORE:
            again = self._document(path, form)
        return again

    def _document(self, path: str, form: Mapping[str, str]) -> Reply | None:
        return _whole(self.exchange.send(path, form), path)

    def _compare(
        self, path: str, form: Mapping[str, str], first: Reply | None, second: Reply | None
    ) -> None:
        if not first or not second or _says(first, _SORRY) or _says(second, _SORRY):
            return
        # A call that goes on over months may be forgotten in between, and is greeted anew. What an
        # employee hears is of his caller, who is further where a transfer's end comes late. What an
        # agent has asked for brings a caller to the times, also when it comes after the fallback.
        is_forgotten = self._season != self.exchange.season
        is_of_before = _connects(path) and self.broken
        is_at_once = _connects_at_once(path, form, (first, second))
        may_differ = is_forgotten or is_of_before or is_at_once or self._is_handed_late
        if first.body != second.body and not may_differ:
            sid = form["CallSid"]
            told = f"{first.body!r} and {second.body!r}"
            self.exchange.fault(f"call {sid}: two answers to one request of {path}: {told}")


def _connects(path: str) -> bool:
    """Whether a document is for an employee's telephone."""
    return path.startswith("/voice/whisper")


def _connects_at_once(path: str, form: Mapping[str, str], replies: Iterable[Reply]) -> bool:
    """Whether one of them connects an employee who has not said yes: the line cannot ask him now.

    Where its database is away a caller gets an employee without a word rather than none.
    """
    if not _connects(path) or form.get("Digits") == "1":
        return False
    return not all(read(each.body, each.content_type, connects=True) for each in replies)


def _whole(reply: Reply | None, path: str) -> Reply | None:
    """The answer where Twilio can carry it out."""
    if reply is None or reply.status != http.HTTPStatus.OK:
        return None
    try:
        read(reply.body, reply.content_type, connects=_connects(path))
    except Refused:
        return None
    return reply


def _says(reply: Reply, prompts: Iterable[str]) -> bool:
    said = reply.body.decode()
    return any(prompt in said for prompt in prompts)

"""Twilio's side of the line: rings it, carries out its documents, sends what the caller keys.

The same for the tests and for `flask call`: signed requests go in, TwiML comes out.
"""

import itertools
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urljoin

from ivr.documents import Refused, Verb, read

_MOST_REDIRECTS = 10

TALKING = "in-progress"
"""Of `PhoneCall.agents`: the agent answers, and they talk until one of them does something."""


_COMPLETED = {"DialCallStatus": "completed"}
_ANSWERED = {"completed", "answered", TALKING}
"""The outcomes for which an employee's telephone has been answered."""


@dataclass(frozen=True)
class Reply:
    """What the line answered to one request."""

    status: int
    content_type: str
    body: bytes


Post = Callable[[str, Mapping[str, str]], Reply]
"""Sends a signed POST to a path of the line."""


@dataclass
class PhoneCall:
    """One call, from its first ring to its end.

    `agents` says how each transfer to an employee ends (Twilio's DialCallStatus), in turn; where
    one is answered, `takes` is the key that the employee presses, or None for none, and
    `whispered` is what he heard. `keyed` are the keys that the line has not been sent yet; `shown`
    is what an employee's telephone shows. `headers` are those of a call on a SIP domain.
    """

    post: Post
    number: str = "+31612345678"
    line: str = "+31715458500"
    sid: str = field(default_factory=lambda: "CA" + secrets.token_hex(16))
    agents: tuple[str, ...] = ()
    takes: str | None = "1"
    headers: Mapping[str, str] = field(default_factory=dict)
    over: bool = field(default=False, init=False)
    heard: list[str] = field(default_factory=list, init=False)
    transcript: list[tuple[str, str]] = field(default_factory=list, init=False)
    last_request: tuple[str, dict[str, str]] = field(default=("", {}), init=False)
    last_reply: Reply = field(default=Reply(0, "", b""), init=False)
    dialled: list[str] = field(default_factory=list, init=False)
    shown: list[str] = field(default_factory=list, init=False)
    whispered: list[str] = field(default_factory=list, init=False)
    _gather: Verb | None = field(default=None, init=False)
    keyed: str = field(default="", init=False)
    _after: tuple[Verb, ...] = field(default=(), init=False)
    _url: str = field(default="", init=False)
    _talk: str = field(default="", init=False)

    def ring(self, path: str = "/voice") -> None:
        """Rings the line, and listens until a key is wanted or the call ends."""
        self._request(path, {"CallStatus": "ringing"})

    def press(self, key: str) -> None:
        """Presses one key while the line waits for it; keys are sent when they are enough."""
        gather = self._waiting()
        typed = self.transcript.pop()[1] if self.keyed else ""
        self.transcript.append(("caller", typed + key))
        finishes = key == gather.attributes.get("finishOnKey", "#")
        self.keyed += "" if finishes else key
        if finishes or len(self.keyed) >= int(gather.attributes["numDigits"]):
            self._send(key if finishes else "")

    def stay_silent(self) -> None:
        """Waits until the line stops waiting for a key; what was keyed in so far is sent."""
        self._waiting()
        self.transcript.append(("caller", "(silence)"))
        if self.keyed:
            self._send("")
            return
        after = self._after
        self._gather = None
        self._carry_out(after)

    def hang_up(self) -> None:
        """Hangs up, and has the line told so."""
        if not self.over:
            self.transcript.append(("caller", "(hangs up)"))
        self._end()

    def agent_hangs_up(self) -> None:
        """The talk with an agent is over, and the caller stays."""
        self._request(self._ended_talk(), _COMPLETED)

    def is_sent_to(self, url: str) -> None:
        """Twilio was told to go on with another document (its Calls resource), also amid a talk.

        A Dial that is broken off so is completed: its action is asked, what that answers is not
        carried out, and then comes the new document. So it was measured on a real call.
        """
        if self._talk:
            self.post(self._ended_talk(), self._form() | _COMPLETED)
        self._request(url, {})

    def _ended_talk(self) -> str:
        action, self._talk = urljoin(self._url, self._talk.partition("#")[0]), ""
        return action

    def retry(self) -> Reply:
        """Sends the last request once more, as after a lost answer; returns what came."""
        path, form = self.last_request
        return self.post(path, form)

    def _send(self, finished_on: str) -> None:
        told = {"Digits": self.keyed, "FinishedOnKey": finished_on}
        self._request(self._waiting().attributes["action"], told)

    def _waiting(self) -> Verb:
        if self._gather is None:
            raise Refused("the line does not wait for a key")
        return self._gather

    def _request(self, url: str, more: Mapping[str, str]) -> None:
        for _ in range(_MOST_REDIRECTS):
            self._url = urljoin(self._url, url.partition("#")[0])  # the rest is told to Twilio
            form = self._form() | dict(more)
            self.last_request = (self._url, form)
            self.last_reply = reply = self.post(self._url, form)
            if reply.status != 200:  # noqa: PLR2004  HTTP's own number
                raise Refused(f"11200 the line answered {reply.status}")
            self.heard = []
            goes_on = self._carry_out(read(reply.body, reply.content_type), follow=False)
            if goes_on is None:
                return
            url, more = goes_on
        raise Refused("the documents lead round in a circle")

    def _carry_out(
        self, verbs: tuple[Verb, ...], *, follow: bool = True
    ) -> tuple[str, Mapping[str, str]] | None:
        """Does what a document says; the request to which it leads, or None where it waits."""
        self._gather = None
        self.keyed = ""
        for n, verb in enumerate(verbs):
            self._hear(verb)
            if verb.name == "Gather":
                self._gather, self._after = verb, verbs[n + 1 :]
                return None
            if verb.name == "Hangup" or self._talks_to_the_end(verb):
                self._end()
                return None
        leads = self._leads(verbs[-1])
        if leads and follow:
            self._request(*leads)
            return None
        return leads

    def _leads(self, last: Verb) -> tuple[str, Mapping[str, str]] | None:
        if last.name == "Redirect":
            return last.text, {}
        if last.name == "Dial":
            outcome = self._dial(last)
            if outcome != TALKING:
                return last.attributes["action"], {"DialCallStatus": outcome}
            self._talk = last.attributes["action"]
        return None

    def _talks_to_the_end(self, verb: Verb) -> bool:
        """Whether an employee takes a call whose document goes on only where nobody does."""
        goes_on = verb.name == "Dial" and "action" not in verb.attributes
        return goes_on and self._dial(verb) in _ANSWERED

    def _hear(self, verb: Verb) -> None:
        for said in (verb, *verb.inside):
            if said.name == "Say":
                self.heard.append(said.text)
                self.transcript.append(("line", said.text))

    def _dial(self, dial: Verb) -> str:
        self.dialled.append(dial.inside[0].text)
        self.shown.append(dial.attributes.get("callerId", self.number))
        tried = len(self.dialled)
        outcome = next(itertools.islice(self.agents, tried - 1, None), "no-answer")
        self.transcript.append(("line", f"(rings {dial.inside[0].text}: {outcome})"))
        if outcome in _ANSWERED and "url" in dial.inside[0].attributes:
            self._whisper(urljoin(self._url, dial.inside[0].attributes["url"]))
        return outcome

    def _whisper(self, url: str) -> None:
        """An employee's telephone is answered: a call of its own, with a document of its own."""
        leg = self._form() | {"CallSid": f"CB{self.sid[2:]}", "ParentCallSid": self.sid}
        leg |= {"Direction": "outbound-dial"}
        first = self.post(url, leg)
        verbs = read(first.body, first.content_type, connects=True)
        self.whispered = [said.text for verb in verbs for said in (verb, *verb.inside) if said.text]
        asks = next((verb for verb in verbs if verb.name == "Gather"), None)
        heard = asks.inside if asks else verbs
        said = " ".join(verb.text for verb in heard if verb.text)
        self.transcript.append(("employee", f"{said} [{self.takes or 'no key'}]"))
        if asks and self.takes is not None:
            answer = urljoin(url, asks.attributes["action"])
            reply = self.post(answer, leg | {"Digits": self.takes})
            read(reply.body, reply.content_type, connects=True)

    def _end(self) -> None:
        if not self.over:
            self.over = True
            self._gather = None
            self.post("/voice/status", self._form() | {"CallStatus": "completed"})

    def _form(self) -> dict[str, str]:
        return {
            "CallSid": self.sid,
            "AccountSid": "AC" + "0" * 32,
            "From": self.number,
            "To": self.line,
            "CallStatus": "in-progress",
            "Direction": "inbound",
            "ApiVersion": "2010-04-01",
            **self.headers,
        }

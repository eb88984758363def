"""The only module that writes TwiML, Twilio's markup of what a telephone does.

Every question is a Gather with something after it (silence falls through a Gather, and a document
that ends there ends the call), every Say names its language and voice, every Dial has an action.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from xml.sax.saxutils import escape

from twilio.twiml.messaging_response import MessagingResponse
from twilio.twiml.voice_response import Dial, Gather, VoiceResponse

from ivr.calls import Turn
from ivr.questions import Entry, Menu, Pause, Transfer
from ivr.speaker import Said, Sentence, Speaker
from ivr.step import Step
from prompts.catalogue import catalogue

SECONDS_TO_CHOOSE = 8
"""How long the line waits for a key (practice: 8 to 10 s)."""

SECONDS_TO_CHOOSE_SLOWLY = 12
"""How long it waits for a caller who was once silent (Section 508 1194.23(d): more time)."""


@dataclass(frozen=True)
class Writer:
    """Writes what a call hears next. `base` is the path of the public URL, without a last slash.

    `overrides` stand behind the address of each turn, see `Addresses.of_turns`.
    """

    speaker: Speaker
    base: str = ""
    overrides: str = ""

    def question(self, turn: Turn, notice: str = "") -> str:
        """The question of a turn; `notice` is a prompt that is said before it."""
        return _document(self, turn, notice)

    def hang_up(self) -> str:
        """For a call that is over: nothing is said, because nobody is there."""
        response = VoiceResponse()
        response.hangup()
        return str(response)

    def apology(self, *, agents_open: bool, language: str, shows_line: bool) -> str:
        """When the line itself fails: says so, and reaches a human or tells when there is one."""
        response = VoiceResponse()
        keys = ["sorry", "transfer"] if agents_open else ["sorry", "call_back_later", "website"]
        self.say(response, [self.speaker.sentence(key, language) for key in keys])
        if agents_open:
            action = f"{self.base}/voice/fallback"
            self.dial(response, action, shows_line=shows_line, whispers=False)
        else:
            response.hangup()
        return str(response)

    def fallback(self) -> str:
        """The same for another host to keep: it asks nothing of the line, at whatever hour.

        Nobody knows there whose number is withheld, so the agents see the line's. The Dial has no
        action: where no agent takes the call, the document goes on after it.
        """
        language = self.speaker.calendar.municipality.languages[0]
        response = VoiceResponse()
        self.say(response, [self.speaker.sentence(key, language) for key in ("sorry", "transfer")])
        self.dial(response, None, shows_line=True, whispers=False)
        later = ("call_back_later", "website")
        self.say(response, [self.speaker.sentence(key, language) for key in later])
        response.hangup()
        return str(response)

    def message(self, words: str) -> str:
        """An answer to a text message; without words there is no answer, and none is sent."""
        response = MessagingResponse()
        if words:
            response.message(words)
        return str(response)

    def dial(
        self, response: VoiceResponse, action: str | None, *, shows_line: bool, whispers: bool
    ) -> None:
        """Rings the agents; `shows_line` where the caller's own number is none (error 13214).

        Where it `whispers`, an agent hears first who it is; meanwhile the caller hears it ring.
        """
        telephone = self.speaker.calendar.municipality.telephone
        shown = {"caller_id": telephone.number} if shows_line else {}
        told = {"url": f"{self.base}/voice/whisper", "method": "POST"} if whispers else {}
        goes_on = {"action": action, "method": "POST"} if action else {}
        dial = Dial(
            **goes_on,
            timeout=telephone.agents_ring_seconds,
            answer_on_bridge=True,
            **shown,
        )
        if telephone.agents.startswith("sip"):
            dial.sip(telephone.agents, **told)
        else:
            dial.number(telephone.agents, **told)
        response.append(dial)

    def whisper(self, menu: Menu, language: str) -> str:
        """What an agent hears before a caller is connected, twice; then his telephone is let go."""
        response = VoiceResponse()
        said = list(self.speaker.says(menu, Turn(0, Step(), language)))
        for _ in range(2):
            gather = Gather(
                input="dtmf",
                num_digits=1,
                finish_on_key="",
                timeout=SECONDS_TO_CHOOSE,
                action=f"{self.base}/voice/whisper/answer",
                method="POST",
            )
            self.say(gather, said)
            response.append(gather)
        response.hangup()
        return str(response)

    def whispers(self, key: str, language: str) -> str:
        """The last that an agent hears."""
        response = VoiceResponse()
        self.say(response, [self.speaker.sentence(key, language)])
        response.hangup()
        return str(response)

    def nothing(self) -> str:
        """An empty document: the call goes on as it would without it."""
        return str(VoiceResponse())

    def say(self, verb: VoiceResponse | Gather, said: Iterable[Said]) -> None:
        """Says it, in the voice of each language."""
        voices = self.speaker.calendar.municipality.voices
        for each in said:
            if isinstance(each, Pause):
                verb.pause(length=1)
            else:
                locale = catalogue(each.language).locale
                verb.say(each.words, voice=voices[each.language], language=locale)


def for_nobody(voices: Mapping[str, str]) -> str:
    """For who rings a number that no municipality has, once in each language with a voice."""
    response = VoiceResponse()
    for language, voice in voices.items():
        known = catalogue(language)
        response.say(known.say("number_not_set_up", {}), voice=voice, language=known.locale)
    response.hangup()
    return str(response)


def no_answer() -> str:
    """For a text message that nobody answers."""
    return str(MessagingResponse())


@lru_cache(maxsize=1024)
def _document(writer: Writer, turn: Turn, notice: str) -> str:
    """The document of a turn, which depends on nothing else: menus are written once."""
    first = [writer.speaker.sentence(notice, turn.language)] if notice else []
    question = turn.step.ask()
    said = writer.speaker.says(question, turn)
    action = f"{writer.base}/voice/turns/{turn.number}{writer.overrides}"
    if isinstance(question, Menu | Entry):
        digits = question.most if isinstance(question, Entry) else 1
        return _asking(writer, first, said, action, digits=digits, slow=turn.slow)
    response = VoiceResponse()
    writer.say(response, [*first, *said])
    if isinstance(question, Transfer):
        writer.dial(response, action, shows_line=question.shows_line, whispers=True)
    else:
        response.hangup()
    return str(response)


def _asking(  # noqa: PLR0913  what a question is made of
    writer: Writer,
    first: Sequence[Said],
    said: Sequence[Said],
    action: str,
    *,
    digits: int,
    slow: bool,
) -> str:
    """A document that asks for a key: the words are filled in where its form has their numbers."""
    words = [each.words for each in (*first, *said) if isinstance(each, Sentence)]
    numbers = iter(range(len(words)))
    empty = [
        tuple(
            Sentence(each.language, f"{{{next(numbers)}}}") if isinstance(each, Sentence) else each
            for each in some
        )
        for some in (first, said)
    ]
    form = _form(writer, *empty, digits=digits, slow=slow)
    return form.format(*map(escape, words), action=escape(action, {'"': "&quot;"}))


@lru_cache(maxsize=1024)
def _form(
    writer: Writer, first: tuple[Said, ...], said: tuple[Said, ...], *, digits: int, slow: bool
) -> str:
    """Asks for one key, or for so many digits, and asks again when none comes.

    One key is any key. A hash among several digits says the question again, or ends them where
    somebody is used to that.
    """
    response = VoiceResponse()
    writer.say(response, first)
    gather = Gather(
        input="dtmf",
        num_digits=digits,
        finish_on_key="" if digits == 1 else "#",
        timeout=SECONDS_TO_CHOOSE_SLOWLY if slow else SECONDS_TO_CHOOSE,
        action="{action}",
        method="POST",
    )
    writer.say(gather, said)
    response.append(gather)
    response.redirect("{action}", method="POST")
    return str(response)

"""A line made of hand-written documents, to see what Twilio's side of it does with each."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from ivr.carrier import Reply

HANGUP = "<Hangup/>"
SAYS = {"voice": "Polly.Laura-Neural", "language": "nl-NL"}


def say(words: str) -> str:
    """Some spoken words."""
    attributes = " ".join(f'{key}="{value}"' for key, value in SAYS.items())
    return f"<Say {attributes}>{words}</Say>"


def gather(action: str, words: str = "Toets een cijfer.", finish: str = 'finishOnKey="" ') -> str:
    """A question for one key."""
    return (
        f'<Gather input="dtmf" numDigits="1" {finish}timeout="8" action="{action}">'
        f"{say(words)}</Gather>"
    )


def redirect(url: str) -> str:
    """On to another document."""
    return f"<Redirect>{url}</Redirect>"


def dial(action: str, number: str = "+31715458501") -> str:
    """A transfer to somebody."""
    return f'<Dial action="{action}" timeout="30"><Number>{number}</Number></Dial>'


@dataclass
class MadeUpLine:
    """Answers each path with its document, and keeps what was asked."""

    pages: dict[str, str]
    status: int = 200
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def __call__(self, url: str, form: Mapping[str, str]) -> Reply:
        """The document of a path; status callbacks get nothing."""
        self.asked.append((url, dict(form)))
        if url == "/voice/status":
            return Reply(204, "text/html", b"")
        body = f"<Response>{self.pages[urlsplit(url).path]}</Response>"
        return Reply(self.status, "text/xml", body.encode())

    @property
    def paths(self) -> list[str]:
        """The paths that were asked for, in order."""
        return [url for url, _ in self.asked]

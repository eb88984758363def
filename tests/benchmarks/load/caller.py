"""One caller after another on one telephone line, that is on one kept connection."""

import socket
import time
from collections.abc import Callable, Iterator
from urllib.parse import urlencode

from ivr.signature import HEADER, Signature
from tests.benchmarks.load.conversations import MARKUP, Ask, Conversation

SORRY = "Sorry, er ging iets mis"
"""How an apology of the line begins, in Dutch."""

_SECONDS_TO_CONNECT = 20
_SHOWN = 60
_END = b"\r\n\r\n"


class Caller:
    """Asks what the conversation wants asked, and judges each answer.

    `wrong` is told what is wrong with an answer; that call is broken off, and the next begins.
    """

    def __init__(
        self,
        port: int,
        signature: Signature,
        conversations: Iterator[Conversation],
        wrong: Callable[[str], None],
    ) -> None:
        self._port, self._signature, self._conversations = port, signature, conversations
        self._wrong = wrong
        self._heard = b""
        self.intended = self.sent = 0.0
        self.is_waiting = False
        self.connection = self._connected()
        self.asks: Ask
        self._begin()

    def send(self, intended: float, now: float) -> None:
        """Sends what comes next; `intended` is the moment at which it was meant to be sent."""
        self.intended, self.sent, self.is_waiting = intended, now, True
        self._heard = b""
        self.connection.sendall(self._request())

    def receive(self) -> bool:
        """Reads what has come; whether the answer is whole now, and the next thing can be sent."""
        try:
            read = self.connection.recv(65536)
        except ConnectionError:
            read = b""
        if not read:
            return self.gives_up("the connection was closed")
        self._heard += read
        head, ended, body = self._heard.partition(_END)
        if not ended or len(body) < _length(head):
            return False
        self.is_waiting = False
        if fault := _fault(self.asks, int(head[9:12]), body.decode()):
            self._wrong(fault)
            self._begin()
        else:
            self._go_on(body.decode())
        return True

    def gives_up(self, why: str) -> bool:
        """No answer comes any more; whether one was awaited."""
        was_waiting, self.is_waiting = self.is_waiting, False
        self.connection.close()
        self.connection = self._connected()
        if was_waiting:
            self._wrong(f"{self.asks.path}: {why}")
            self._begin()
        return was_waiting

    def _begin(self) -> None:
        self._conversation = next(self._conversations)
        self.asks = next(self._conversation)

    def _go_on(self, document: str) -> None:
        try:
            self.asks = self._conversation.send(document)
        except StopIteration:
            self._begin()

    def _connected(self) -> socket.socket:
        """A new connection; a line whose worker was killed refuses it for a moment."""
        deadline = time.monotonic() + _SECONDS_TO_CONNECT
        while True:
            try:
                connection = socket.create_connection(("127.0.0.1", self._port), timeout=20)
            except ConnectionRefusedError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
            else:
                break
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def _request(self) -> bytes:
        body = urlencode(self.asks.form)
        signature = self._signature.sign(self.asks.path, self.asks.form)
        return (
            f"POST {self.asks.path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{HEADER}: {signature}\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(body)}\r\n\r\n{body}"
        ).encode()


def _length(head: bytes) -> int:
    _, _, after = head.lower().partition(b"content-length:")
    return int(after.split(b"\r\n", 1)[0]) if after else 0


def _fault(asked: Ask, status: int, document: str) -> str | None:
    """What is wrong with an answer, or None."""
    right = 204 if not asked.has else 200
    if status != right:
        return f"{asked.path}: status {status}"
    if SORRY in document:
        return f"{asked.path}: the line apologised"
    missing = next((words for words in asked.has if words not in document), None)
    return f"{asked.path}: {missing!r} was not heard, but {_said(document)!r}" if missing else None


def _said(document: str) -> str:
    """The first words of a document."""
    return " ".join(MARKUP.sub(" ", document).split())[:_SHOWN]

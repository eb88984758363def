"""Sends prepared signed requests over so many connections, and notes how long each took."""

import http.client
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from ivr.signature import HEADER, Signature


@dataclass(frozen=True)
class Request:
    """One signed POST, ready to be sent."""

    path: str
    body: str
    signature: str


def prepare(signature: Signature, path: str, form: dict[str, str]) -> Request:
    """Signs a request beforehand, so that signing is not measured."""
    return Request(path, urlencode(form), signature.sign(path, form))


def send(port: int, conversations: Sequence[Sequence[Request]], connections: int) -> list[float]:
    """The seconds of each request; each conversation is sent in order on one connection.

    Raises AssertionError where an answer is not 200 or 204.
    """
    shares = [conversations[n::connections] for n in range(connections)]
    took: list[list[float]] = [[] for _ in shares]
    wrong: list[int] = []
    threads = [
        threading.Thread(target=_play, args=(port, share, times, wrong))
        for share, times in zip(shares, took, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wrong:
        raise AssertionError(f"{len(wrong)} requests were answered wrong: {set(wrong)}")
    return [seconds for times in took for seconds in times]


def _play(
    port: int, conversations: Sequence[Sequence[Request]], took: list[float], wrong: list[int]
) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    for request in (request for each in conversations for request in each):
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            HEADER: request.signature,
        }
        started = time.perf_counter()
        connection.request("POST", request.path, request.body, headers)
        answer = connection.getresponse()
        answer.read()
        took.append(time.perf_counter() - started)
        if answer.status not in {200, 204}:
            wrong.append(answer.status)
    connection.close()

"""Rings the running line from a terminal."""

import http.client
import textwrap
from collections.abc import Iterator, Mapping
from urllib.parse import urlencode, urlsplit

import click

from ivr.carrier import PhoneCall, Post, Reply
from ivr.signature import HEADER, Signature

KEYS = frozenset("0123456789*#sh")
HELP = "keys: 0-9 * #   s: silence   h: hang up"
_SECONDS_TO_ANSWER = 15


def poster(address: str, signature: Signature) -> Post:
    """Posts signed requests to the line at an address such as http://127.0.0.1:5000.

    Of several municipalities each is below it, as http://127.0.0.1:5000/leiderdorp. The signature
    is that for the public URL, wherever the line itself listens.
    """
    parts = urlsplit(address)
    below = parts.path.rstrip("/")
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection

    def post(path: str, form: Mapping[str, str]) -> Reply:
        host = parts.hostname or "127.0.0.1"
        connection = kind(host, parts.port, timeout=_SECONDS_TO_ANSWER)
        prefix = urlsplit(signature.public_url).path
        path = path.removeprefix(prefix)
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            HEADER: signature.sign(path, dict(form)),
        }
        try:
            connection.request("POST", below + path, urlencode(form), headers)
            answer = connection.getresponse()
            return Reply(answer.status, answer.headers.get_content_type(), answer.read())
        finally:
            connection.close()

    return post


def place_call(call: PhoneCall, keys: str | None, path: str) -> None:
    """Rings, plays the keys, or asks for each, until the call ends; prints what is said and done.

    `path` is that of the number that is rung.
    """
    call.ring(path)
    printed = _print(call, 0)
    for key in _typed() if keys is None else iter(keys):
        if call.over:
            break
        if key == "s":
            call.stay_silent()
        elif key == "h":
            call.hang_up()
        else:
            call.press(key)
        if not call.keyed:
            printed = _print(call, printed)
    call.hang_up()
    _print(call, printed)


def _typed() -> Iterator[str]:
    """What somebody types, key by key; the end of the input hangs up."""
    click.echo(HELP, err=True)
    while True:
        try:
            line = click.prompt("", prompt_suffix="> ", default="s", show_default=False)
        except click.Abort:
            return
        for key in line.strip():
            if key in KEYS:
                yield key
            else:
                click.echo(f"{key!r} is no key; {HELP}", err=True)


def _print(call: PhoneCall, printed: int) -> int:
    for who, what in call.transcript[printed:]:
        if who in {"line", "employee"}:
            before = "   " if who == "line" else "   (employee) "
            click.echo(textwrap.fill(what, 78, initial_indent=before, subsequent_indent="   "))
        else:
            click.echo(f">> {what}")
    return len(call.transcript)

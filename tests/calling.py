"""Helps tests to call: posts to the application, and knows what to look for in the book."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from flask import Flask

from ivr.carrier import PhoneCall, Post, Reply
from ivr.signature import HEADER, Signature

PASSPORT = "1111"
"""The keys to the read-back of a passport for one person: group, service, persons, first time."""


def poster(app: Flask, signature: Signature) -> Post:
    """Posts signed requests straight to the application, from a proxy with another host name."""

    def post(path: str, form: Mapping[str, str]) -> Reply:
        client = app.test_client()
        headers = {HEADER: signature.sign(path, dict(form)), "Host": "10.0.0.7:8080"}
        answer = client.post(path, data=dict(form), headers=headers)
        return Reply(answer.status_code, urlsplit(answer.content_type).path, answer.data)

    return post


def press_all(call: PhoneCall, keys: str) -> None:
    """Presses keys one after another."""
    for key in keys:
        call.press(key)


def hears(call: PhoneCall, words: str) -> bool:
    """Whether the last thing the line said has these words in it."""
    return words.lower() in " ".join(call.heard).lower()


def key_in(call: PhoneCall, digits: str) -> None:
    """Keys in some digits, and waits where the line cannot know that these were all."""
    press_all(call, digits)
    if call.keyed:
        call.stay_silent()

"""Pages beside another application, at the same address; that one does not wait for them."""

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import TYPE_CHECKING

from flask import Flask

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class Beside:
    """Answers the doors of another application, by the first word of their path; else, pages.

    `make` makes the pages when they are first asked for.
    """

    def __init__(
        self, doors: frozenset[str], other: "WSGIApplication", make: Callable[[], Flask]
    ) -> None:
        self._doors, self._other, self._make = doors, other, make

    @cached_property
    def pages(self) -> Flask:
        """The application with the pages."""
        return self._make()

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answers one request."""
        word = environ.get("PATH_INFO", "").removeprefix("/").partition("/")[0]
        answer = self._other if word in self._doors else self.pages
        return answer(environ, start_response)

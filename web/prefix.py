"""Below a path of the host: links and forms have it in front, whether or not requests do."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class Below:
    """An application that browsers reach below a path, such as /afspraken.

    The proxy in front may take the path off its requests, or leave it on.
    """

    def __init__(self, path: str, inner: "WSGIApplication") -> None:
        self.path = path
        self.inner = inner

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answers one request."""
        asked = environ.get("PATH_INFO", "")
        if asked == self.path or asked.startswith(f"{self.path}/"):
            environ["PATH_INFO"] = asked.removeprefix(self.path)
        environ["SCRIPT_NAME"] = self.path
        return self.inner(environ, start_response)

"""A browser in a storm: it opens pages of the line, sends their forms, and keeps its cookies."""

import http.client
import re
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

PAGE = re.compile(r'data-stay="/agent/pages/([^/"]+)/stay"')
STARTS = re.compile(r'name="start" value="(\d+)"')
"""On the agent's page: the name of the times that it shows, and when each begins."""

_PATIENCE = 10
_MOST_REDIRECTS = 5
_TOKEN = re.compile(r'name="csrf-token" content="([^"]+)"')


class Away(Exception):  # noqa: N818  named for what happened
    """There is no page now: the worker was killed, or the database is away."""


@dataclass
class Browser:
    """One browser, with its cookies; `page` is what it shows, at `place`."""

    port: int
    page: str = ""
    place: str = ""
    _cookies: SimpleCookie = field(default_factory=SimpleCookie)

    def opens(self, path: str) -> None:
        """Opens a page; raises Away."""
        self._goes("GET", path, "")

    def sends(self, path: str, **form: object) -> None:
        """Sends a form of the page that is shown; raises Away."""
        told = {"csrf_token": self.reads(_TOKEN)} | {key: str(value) for key, value in form.items()}
        self._goes("POST", path, urlencode(told))

    def reads(self, pattern: re.Pattern[str]) -> str:
        """What stands on the page, empty where it does not."""
        found = pattern.search(self.page)
        return found[1] if found else ""

    def _goes(self, method: str, path: str, body: str) -> None:
        for _ in range(_MOST_REDIRECTS):
            self.place = path
            status, leads = self._asks(method, path, body)
            if not leads:
                break
            method, path, body = "GET", leads, ""
        if status >= http.HTTPStatus.INTERNAL_SERVER_ERROR:
            raise Away(f"{status} {self.place}")

    def _asks(self, method: str, path: str, body: str) -> tuple[int, str]:
        """The status, and where it leads."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=_PATIENCE)
        cookies = "; ".join(f"{each.key}={each.coded_value}" for each in self._cookies.values())
        headers = {"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded"}
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            self.page = answer.read().decode()
        except (OSError, http.client.HTTPException) as error:
            raise Away(str(error)) from error
        finally:
            connection.close()
        for each in answer.headers.get_all("Set-Cookie", []):
            self._cookies.load(each)
        leads = urlsplit(answer.headers.get("Location", ""))
        return answer.status, leads._replace(scheme="", netloc="").geturl()

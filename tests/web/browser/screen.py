"""An employee at a screen: keys and no mouse, and what can be seen."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

from flask import Flask
from playwright.sync_api import Browser, ConsoleMessage, Page
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.web.employee import PASSWORD

WIDE = 1280
NARROW = 390
_HEIGHTS = {WIDE: 800, NARROW: 844}

_FOCUSED = """() => {
  const there = document.activeElement;
  if (!there || there === document.body) return "";
  const name = there.getAttribute("aria-label") || there.labels?.[0]?.innerText || there.innerText;
  return (name || there.id).trim().replace(/\\s+/g, " ");
}"""

# A browser gives the focus when the page is drawn, which may be after it has loaded.
_GAVE_FOCUS = """() =>
  !document.querySelector("[autofocus]") || document.activeElement !== document.body"""


class _Silent(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002  its name there
        """Writes nothing: a test says what is wrong."""


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """The application on a port of this machine; its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Silent)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Screen:
    """One window, with cookies of its own."""

    def __init__(self, browser: Browser, address: str, width: int = WIDE) -> None:
        self.context = browser.new_context(
            base_url=address, viewport={"width": width, "height": _HEIGHTS[width]}, locale="nl-NL"
        )
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(10_000)
        self.errors: list[str] = []
        self.page.on("console", self._notes)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def _notes(self, message: ConsoleMessage) -> None:
        # A page that the server refuses, such as one for other roles, is an answer and no fault.
        is_page = "/static/" not in message.location["url"]
        is_answer = is_page and message.text.startswith("Failed to load resource")
        if message.type in {"error", "warning"} and not is_answer:
            self.errors.append(message.text)

    def opens(self, path: str) -> None:
        """Opens a page."""
        self.page.goto(path)

    def resizes(self, width: int) -> None:
        """Makes the window so wide."""
        self.page.set_viewport_size({"width": width, "height": _HEIGHTS[width]})

    def types(self, text: str) -> None:
        """Types where the focus is."""
        self.page.keyboard.type(text)

    def presses(self, *keys: str) -> None:
        """Presses keys, or keys together such as Alt+1, one after another."""
        for key in keys:
            self.page.keyboard.press(key)

    def goes_on_by(self, key: str) -> None:
        """Presses a key that leads to another page, and waits for that page and its focus."""
        with self.page.expect_navigation():
            self.presses(key)
        self.page.wait_for_function(_GAVE_FOCUS)

    def finds_focus_on(self, name: str) -> None:
        """Waits until something has the focus; a browser gives it when the page is drawn."""
        self.page.wait_for_function(f"name => ({_FOCUSED})() === name", arg=name)

    @property
    def focused(self) -> str:
        """The name of what has the focus; empty where nothing has."""
        found: str = self.page.evaluate(_FOCUSED)
        return found

    @property
    def text(self) -> str:
        """What can be read in the main part of the page."""
        return " ".join(self.page.inner_text("main").split())

    @property
    def times(self) -> list[str]:
        """The free times on the page, as they are read."""
        there = self.page.locator(".times li").all_inner_texts()
        return [" ".join(each.split()).partition(" uur")[0] for each in there]

    def waits(self, seconds: int) -> None:
        """Lets time pass for the page, and for nobody else."""
        self.page.clock.run_for(seconds * 1000)

    def signs_in(self, name: str = "Fatima", password: str = PASSWORD) -> None:
        """Signs in, with keys."""
        self.opens("/agent")
        self.finds_focus_on("Naam")
        self.types(name)
        self.presses("Tab")
        self.types(password)
        self.goes_on_by("Enter")

    def changes_password(self, new: str) -> None:
        """Fills in the page for another password, with keys."""
        self.finds_focus_on("Uw wachtwoord van nu")
        self.types(PASSWORD)
        for _ in range(2):
            self.presses("Tab")
            self.types(new)
        self.goes_on_by("Enter")

    def asks_for(self, service: str = "Paspoort") -> None:
        """Chooses a service by its first letters, and has its times shown."""
        self.presses("Alt+n")
        self.types(service)
        self.goes_on_by("Alt+t")

"""What an agent does for the caller on the line: the rules of the appointment book, and no others.

Each deed is one transaction, written down with the name of the agent.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from msgspec import structs

from scheduling import handed, holds, presence
from scheduling.book import AppointmentBook
from scheduling.bookings import Appointment
from scheduling.calendar import Calendar
from scheduling.database import Connection
from scheduling.errors import AppointmentChanged, UnknownService
from scheduling.handed import Given
from scheduling.handovers import Handover
from scheduling.interval import Interval
from scheduling.offers import Holder
from scheduling.openings import duration
from scheduling.tasks import done as strike_off
from web import audit, pages
from web.accounts import Account
from web.audit import Deed
from web.pages import Page
from web.words import is_to_come

STAYS = timedelta(minutes=15)
"""How long times are held for an agent who chooses nothing."""


CHANGED = "Deze afspraak is intussen veranderd. Kijk wat er nu staat."


class PageGone(Exception):  # noqa: N818  named for what happened
    """The page is of long ago, or of somebody else; or the time was never offered on it."""


@dataclass(frozen=True)
class Guest:
    """What an agent asked the caller besides: where a message goes, where he is visited.

    `note` is for the counter.
    """

    mobile: str = ""
    address: str = ""
    note: str = ""


@dataclass(frozen=True)
class AgentDesk:
    """The book and an agent, at one moment (UTC), within one transaction."""

    connection: Connection
    calendar: Calendar
    account: Account
    now: datetime

    @property
    def book(self) -> AppointmentBook:
        """The appointment book."""
        return AppointmentBook(self.connection, self.calendar, self.now)

    def page(self, page_id: str) -> Page | None:
        """A page of this agent; not one for what cannot be booked any more, as the file changed."""
        found = pages.find(self.connection, self.account, page_id)
        try:
            if found:
                duration(self.calendar, found.wish)
        except UnknownService:
            return None
        return found

    def offer_others(self, page_id: str) -> None:
        """Other times in place of those of a page, unless it was used up meanwhile."""
        page = self.page(page_id)
        if page and not page.done:
            self.offer(page)

    def offer(self, page: Page, after: datetime | None = None) -> Page:
        """The next free times for a page's wish, held for it; raises UnknownService."""
        duration(self.calendar, page.wish)
        far = self.now + timedelta(days=self.calendar.municipality.booking.horizon_days + 1)
        within = Interval(after, max(after, far)) if after else None
        found = self.book.offer(_holder(page), page.wish, within=within)
        starts = tuple(each.starts_at for each in found)
        offered = replace(page, offered=starts, offered_at=self.now)
        pages.save(self.connection, self.account, offered)
        return offered

    def later(self, page: Page) -> datetime | None:
        """From when on there are other times than those of a page."""
        return page.offered[-1] + duration(self.calendar, page.wish) if page.offered else None

    def book_or_move(self, page_id: str, starts_at: datetime, guest: Guest) -> str:
        """Books the chosen time of a page, or moves to it; the reference, also when sent twice.

        Raises PageGone, OpeningTaken and AppointmentChanged.
        """
        page = pages.lock(self.connection, self.account, page_id)
        if page is None:
            raise PageGone
        if page.done:
            return page.done
        if starts_at not in page.offered:
            raise PageGone
        done = self._move(page, starts_at) if page.moving else self._book(page, starts_at, guest)
        self.book.release(page.holder)
        pages.finish(self.connection, page, done.reference)
        return done.reference

    def cancel(self, reference: str, seen: datetime) -> None:
        """Calls off what the agent saw; raises AppointmentChanged. Sent twice, it is done once."""
        there = self.book.find(reference)
        if there and there.status == "cancelled":
            return
        if there is None or there.starts_at != seen or not is_to_come(there, self.now):
            raise AppointmentChanged
        self.book.cancel(there)
        self._note("cancelled", reference, there.wish.service)

    def find(self, reference: str) -> Appointment | None:
        """The appointment with a reference; who looks is written down."""
        found = self.book.find(reference)
        if found:
            self._note("looked_up", reference)
        return found

    def leave(self, page_id: str) -> None:
        """Frees what is held for a page."""
        if page := pages.find(self.connection, self.account, page_id):
            self.book.release(page.holder)

    def stay(self, page_id: str) -> bool:
        """Keeps holding the times of a page; False where they are held no longer."""
        page = pages.find(self.connection, self.account, page_id)
        if page is None or self.now > page.offered_at + STAYS:
            return False
        if held := self.holds_for(page):
            self.book.refresh(_holder(page))
        return held

    def holds_for(self, page: Page) -> bool:
        """Whether the times of a page are held for it."""
        return holds.are_left(self.connection, page.holder)

    def visits(self, service: str) -> bool:
        """Whether a service is done at the visitor's door."""
        return self.calendar.municipality.services[service].visit is not None

    def begin_to_send(self, handover: Handover, page_id: str) -> Handover:
        """The handover in this agent's name; what was held for his page is free for the caller."""
        self.leave(page_id)
        return self._mine(handover)

    def hand_over(self, handover: Handover) -> int:
        """Gives the caller to the line, with a code that works once; its row."""
        row = handed.give(self.connection, self._mine(handover), self.now)
        self._note("handed_over", handover.reference, handover.service or "")
        return row

    def sent_back(self, code: str, handover: Handover, outcome: str) -> int:
        """Writes down that a caller was sent back into the flow; the row of his handover."""
        self._note("sent_back", handover.reference, f"{handover.service or ''} {outcome}".strip())
        return handed.row_of(self.connection, code)

    def handover(self, row: int) -> Given | None:
        """A handover of this agent."""
        return handed.given(self.connection, row, self.account.name)

    @property
    def takes_calls(self) -> bool:
        """Whether the agent takes calls."""
        return presence.is_present(self.connection, self.account.name, self.now)

    def take_calls(self, until: datetime | None) -> None:
        """The agent takes calls as long as his session lasts, or none any more (None)."""
        if self.takes_calls == (until is not None):
            return
        if until:
            presence.sign_in_to_calls(self.connection, self.account.name, self.now, until)
        else:
            presence.sign_out_of_calls(self.connection, self.account.name, self.now)
        self._note("calls_begun" if until else "calls_stopped", None)

    def strike_off(self, task: int) -> None:
        """Takes a task off the list; twice is once."""
        if strike_off(self.connection, task, self.now):
            self._note("task_done", None, f"task {task}")

    def _mine(self, handover: Handover) -> Handover:
        return structs.replace(handover, agent=self.account.name)

    def _book(self, page: Page, starts_at: datetime, guest: Guest) -> Appointment:
        made = self.book.confirm(_holder(page), page.wish, starts_at, guest.mobile or None)
        if guest.address:
            self.book.visit_at(made, guest.address)
        if guest.note:
            by = self.account.name
            handed.leave_note(self.connection, made.reference, guest.note, by, self.now)
        self._note("booked", made.reference, page.wish.service)
        return made

    def _move(self, page: Page, starts_at: datetime) -> Appointment:
        there = self.book.find(page.moving or "")
        if there is None or not is_to_come(there, self.now):
            raise AppointmentChanged
        moved = self.book.move(_holder(page), there, starts_at)
        self._note("moved", moved.reference, f"{there.starts_at:%Y-%m-%d %H:%M} UTC")
        return moved

    def _note(self, action: str, reference: str | None, detail: str = "") -> None:
        deed = Deed(self.now, self.account.name, action, reference, detail)
        audit.note(self.connection, deed)


def _holder(page: Page) -> Holder:
    return Holder(page.holder, "agent", page.language)

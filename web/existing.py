"""The agent's page about an appointment that is there: found, moved, called off."""

from flask import abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from scheduling.bookings import Appointment
from scheduling.errors import AppointmentChanged, UnknownService
from scheduling.handovers import note_for
from scheduling.models import moment
from scheduling.references import is_valid
from web import pages
from web.agent import agent, rendered
from web.desk import CHANGED, AgentDesk
from web.pages import Page
from web.turns import read, transact
from web.words import is_to_come

CHANGED_SINCE = "De dienst is veranderd. Maak een nieuwe afspraak, en zeg deze af."
UNKNOWN = "Er is geen afspraak met dit nummer. Een nummer heeft 12 cijfers, 2 tot en met 9."


@agent.post("/find")
def find() -> Response | tuple[str, int]:
    """Looks an appointment up."""
    reference = "".join(each for each in request.form.get("reference", "") if each.isdigit())
    found = None
    if is_valid(reference):
        found = transact(lambda desk: desk.find(reference))
    if found is None:
        return rendered(None, wrong={"reference": UNKNOWN}), 404
    return redirect(url_for("agent.appointment", reference=reference))


@agent.get("/appointments/<reference>")
def appointment(reference: str) -> str:
    """One appointment, and what can be done with it."""
    found = read(lambda desk: desk.book.find(reference))
    if found is None:
        abort(404)
    return of_appointment(found)


def of_appointment(found: Appointment, **words: object) -> str:
    """The page about an appointment."""
    note = read(lambda desk: note_for(desk.connection, found.reference))
    return rendered(None, appointment=found, note=note, **words)


@agent.before_request
def only_possible() -> None:
    """404 for what cannot be a reference, before the book is asked."""
    reference = (request.view_args or {}).get("reference")
    if reference is not None and not is_valid(reference):
        abort(404)


@agent.post("/appointments/<reference>/times")
def offer_to_move(reference: str) -> Response:
    """Other times for an appointment."""

    def work(desk: AgentDesk) -> Page:
        found = desk.book.find(reference)
        if found is None or not is_to_come(found, desk.now):
            raise AppointmentChanged
        page = Page(pages.new_id(), found.wish, found.language, (), desk.now, reference)
        return desk.offer(page)

    try:
        page = transact(work)
    except AppointmentChanged:
        flash(CHANGED, "error")
        return redirect(url_for("agent.appointment", reference=reference))
    except UnknownService:
        flash(CHANGED_SINCE, "error")
        return redirect(url_for("agent.appointment", reference=reference))
    return redirect(url_for("agent.show", page=page.id))


@agent.post("/appointments/<reference>/cancel")
def cancel(reference: str) -> Response:
    """Calls the appointment off, as it was seen."""
    try:
        seen = moment(int(request.form.get("seen", "")))
        transact(lambda desk: desk.cancel(reference, seen))
    except (ValueError, OverflowError, OSError):
        abort(400)
    except AppointmentChanged:
        flash(CHANGED, "error")
    return redirect(url_for("agent.appointment", reference=reference))

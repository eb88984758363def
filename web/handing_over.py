"""The agent hands the caller to the line: a code, shown large, and what to do with it."""

from flask import abort, flash, redirect, request, url_for
from msgspec.structs import replace
from werkzeug.wrappers import Response

from scheduling.handovers import Handover
from web.agent import GONE, LARGEST_ROW, agent, rendered
from web.back_office import office
from web.desk import AgentDesk, PageGone
from web.existing import of_appointment
from web.pages import Page
from web.turns import read, transact
from web.words import one_line, telephone

WRONG = {"mobile": "Dit is geen telefoonnummer. Schrijf het als 06 12345678 of 071 1234567."}
AT_HOME = "Een bezoek aan huis boekt u zelf: de lijn kan het niet overnemen."


@agent.post("/pages/<page_id>/handover")
def hand_over(page_id: str) -> Response | tuple[str, int]:
    """A code for the wish of a page; what was held for the page is free for the caller."""
    page = read(lambda desk: desk.page(page_id))
    if page is None or page.done:
        flash(GONE, "error")
        return redirect(url_for("agent.show"))
    number, is_wrong = _number()
    if is_wrong:
        return rendered(page, wrong=WRONG), 422
    handover = replace(of_page(page), number=number, note=_note())

    def work(desk: AgentDesk) -> int:
        if handover.service and desk.visits(handover.service):
            raise PageGone
        row = desk.hand_over(handover)
        desk.book.release(page.holder)
        return row

    try:
        row = transact(work)
    except PageGone:
        flash(AT_HOME, "error")
        return redirect(url_for("agent.show", page=page.id))
    return redirect(url_for("agent.show_handover", row=row))


@agent.post("/appointments/<reference>/handover")
def hand_over_appointment(reference: str) -> Response | tuple[str, int]:
    """A code for somebody who goes on with an appointment that he has."""
    found = read(lambda desk: desk.book.find(reference))
    if found is None:
        abort(404)
    number, is_wrong = _number()
    if is_wrong:
        return of_appointment(found, wrong=WRONG), 422
    number = number or found.mobile or ""
    handover = Handover(language=found.language, number=number, reference=reference, note=_note())
    row = transact(lambda desk: desk.hand_over(handover))
    return redirect(url_for("agent.show_handover", row=row))


@agent.get("/handovers/<int:row>")
def show_handover(row: int) -> str:
    """The code, for the agent who made it."""
    found = read(lambda desk: desk.handover(row)) if row <= LARGEST_ROW else None
    if found is None:
        abort(404)
    token = office().token(found.code, expires_at=found.expires_at)
    return rendered(None, given=found, token=token)


def of_page(page: Page) -> Handover:
    """What the caller said to the agent."""
    if page.moving:
        return Handover(language=page.language, reference=page.moving)
    return Handover(page.wish.service, page.wish.persons, page.language)


def _number() -> tuple[str, bool]:
    """The caller's number (E.164) where it was typed, and whether it is wrong."""
    typed = request.form.get("mobile", "").strip()
    number = telephone(typed)
    return number, bool(typed) and not number


def _note() -> str:
    return one_line(request.form.get("note", ""))

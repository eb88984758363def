"""Back into the flow: a caller who talks with an agent goes on with the line, by one click."""

from enum import Enum

from flask import abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from scheduling.handovers import Handover
from web.agent import LARGEST_ROW, agent
from web.back_office import LiveCall, office
from web.handing_over import of_page
from web.turns import read, transact

SAID = {
    "SENT": "De beller hoort nu de eerste vrije tijden. Uw gesprek is klaar.",
    "GONE": "De beller heeft intussen opgehangen. Er is niets veranderd.",
    "AWAY": "De telefoondienst antwoordt niet. Probeer het nog eens, of gebruik deze code.",
    "REFUSED": "De telefoondienst weigert dit. Zeg het uw beheerder, en gebruik deze code.",
    "NO_ACCOUNT": "Deze proefopstelling heeft geen telefoondienst. Gebruik deze code.",
}
WITHOUT_CODE = {"SENT", "GONE"}
"""After these nothing is left to be done."""


@agent.post("/calls/<sid>/back")
def send_back(sid: str) -> Response:
    """Sends the caller to the times for what is chosen on the page, or else for what he chose."""
    call = next((each for each in _talks() if each.sid == sid), None)
    if call is None:
        return _told("GONE")
    name = request.form.get("page", "")
    page = read(lambda desk: desk.page(name))
    wanted = of_page(page) if page and not page.done else _of_call(call)
    handover = transact(lambda desk: desk.begin_to_send(wanted, name))
    sent = office().way_back.send(sid, handover)
    if not sent.code:
        return _told(_name(sent.outcome))
    row = transact(lambda desk: desk.sent_back(sent.code, handover, _name(sent.outcome)))
    return _told(_name(sent.outcome), row, sid)


@agent.post("/calls/<sid>/back/<int:row>")
def send_again(sid: str, row: int) -> Response:
    """Tries once more, with the same code."""
    given = read(lambda desk: desk.handover(row)) if row <= LARGEST_ROW else None
    if given is None:
        abort(404)
    outcome = _name(office().way_back.repeat(sid, given.code))
    transact(lambda desk: desk.sent_back(given.code, given.handover, outcome))
    return _told(outcome, row, sid)


def _of_call(call: LiveCall) -> Handover:
    """What the caller chose himself."""
    if call.wish is None:
        return Handover(language=call.language)
    return Handover(call.wish.service, call.wish.persons, call.language)


def _talks() -> list[LiveCall]:
    """The calls that are with an agent."""
    here = office()
    return [each for each in here.live_calls(here.clock()) if each.talks]


def _told(outcome: str, row: int = 0, sid: str = "") -> Response:
    """Says what became of it; where the caller is still there, shows the code besides."""
    flash(SAID[outcome], "done" if outcome == "SENT" else "error")
    if outcome in WITHOUT_CODE:
        return redirect(url_for("agent.show"))
    again = sid if outcome == "AWAY" else None
    return redirect(url_for("agent.show_handover", row=row, again=again))


def _name(outcome: Enum) -> str:
    return outcome.name

"""Agents sign in to taking calls and out of it; whose session ends takes none."""

from flask import abort, g, redirect, request, url_for
from werkzeug.wrappers import Response

from scheduling import presence
from scheduling.references import is_valid
from web import sessions
from web.agent import BY_ITSELF, agent
from web.turns import read, transact


@agent.before_request
def note_who_stays() -> None:
    """A click of who takes calls keeps him there as long as his session."""
    g.taking = read(lambda desk: desk.takes_calls)
    if g.taking and request.endpoint not in BY_ITSELF:
        until, name = sessions.ends_at(), g.account.name
        transact(lambda desk: presence.stay(desk.connection, name, desk.now, until))


@agent.post("/taking-calls")
def take_calls() -> Response:
    """Begins or stops taking calls; sent twice, it is done once."""
    wanted = request.form.get("taking")
    if wanted not in {"yes", "no"}:
        abort(400)
    until = sessions.ends_at() if wanted == "yes" else None
    transact(lambda desk: desk.take_calls(until))
    return redirect(_back())


def _back() -> str:
    """Where the agent was."""
    reference = request.form.get("reference", "")
    if is_valid(reference):
        return url_for("agent.appointment", reference=reference)
    row = request.form.get("handover", "")
    if row.isdecimal():
        return url_for("agent.show_handover", row=int(row[:10]))
    return url_for("agent.show", page=request.form.get("page") or None)

"""The agent's page: times at once, booking for the caller on the line, calls, call-backs."""

from datetime import date, timedelta

from flask import Blueprint, abort, flash, jsonify, redirect, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from werkzeug.wrappers import Response

from scheduling.errors import (
    AppointmentChanged,
    Contended,
    DatabaseAway,
    OpeningTaken,
    UnknownService,
)
from scheduling.interval import Interval
from scheduling.models import moment
from scheduling.openings import Wish
from web import pages, view
from web.back_office import office
from web.desk import CHANGED, AgentDesk, Guest, PageGone
from web.pages import Page
from web.signing_in import signed_in
from web.turns import read, transact
from web.words import address, mobile, one_line

MAY_ENTER = frozenset({"agent", "manager"})
BY_ITSELF = frozenset({"agent.live", "agent.stay", "agent.leave"})
"""What a page asks for with nobody clicking: no sign that somebody is there."""

_FURTHEST = timedelta(days=400)
LARGEST_ROW = 2**31 - 1
"""What the column can hold; a database refuses to look for more."""

TAKEN = "Die tijd is net bezet. Hieronder staan andere tijden."
GONE = "Deze tijden zijn niet meer geldig. Kies opnieuw."

agent = Blueprint("agent", __name__, url_prefix="/agent", template_folder="templates")


@agent.before_request
def only_for_agents() -> Response | tuple[str, int] | None:
    """Whoever is not signed in is asked to; other roles are told that this is not their page."""
    by_itself = request.endpoint in BY_ITSELF
    account = signed_in(by_hand=not by_itself)
    if account is None:
        return Response(status=401) if by_itself else redirect(_sign_in())
    if account.first_until:
        return redirect(url_for("signing_in.ask_for_password"))
    if account.role not in MAY_ENTER:
        why = "Deze pagina is voor telefonisten."
        return render_template("refused.html", why=why, elsewhere=True), 403
    return None


@agent.app_errorhandler(CSRFError)
def forged(_error: CSRFError) -> tuple[str, int]:
    """A form that was not sent from our own page, or from one whose session is over."""
    why = "Dit formulier is niet meer geldig. Er is niets veranderd. Open de pagina opnieuw."
    return render_template("refused.html", why=why), 403


@agent.errorhandler(Contended)
@agent.errorhandler(DatabaseAway)
def away(_error: Exception) -> tuple[str, int]:
    """The book cannot be reached."""
    why = "De agenda is nu niet bereikbaar. Probeer het over een minuut opnieuw."
    return render_template("refused.html", why=why), 503


@agent.get("")
def show() -> str:
    """The page; `page` names the times that were asked for on it."""
    return rendered(read(lambda desk: desk.page(request.args.get("page", ""))))


@agent.post("/times")
def offer() -> Response:
    """The next free times for a wish, in place of those that this page held."""
    form = request.form
    try:
        wish = Wish(form.get("service", ""), int(form.get("persons", "")))
        day = _day(form.get("day", ""))
    except ValueError:
        abort(400)

    def work(desk: AgentDesk) -> Page:
        page = _page_for(desk, wish)
        after = Interval.of_day(day, desk.calendar.zone).start if day else None
        if form.get("later") and not day:
            after = desk.later(page)
        return desk.offer(page, after)

    try:
        page = transact(work)
    except UnknownService:
        flash("Zo kan deze dienst niet. Kies een dienst, en minder personen.", "error")
        return redirect(url_for("agent.show"))
    return redirect(url_for("agent.show", page=page.id))


def _day(typed: str) -> date | None:
    """The day that was chosen, or None; raises ValueError where nothing is booked so far away."""
    if not typed:
        return None
    day = date.fromisoformat(typed)
    if not timedelta(0) <= day - office().today <= _FURTHEST:
        raise ValueError(typed)
    return day


def _page_for(desk: AgentDesk, wish: Wish) -> Page:
    """The page of this form, for a wish; a new one where that is used up, or somebody else's."""
    language = request.form.get("language", "nl")
    if language not in desk.calendar.municipality.languages:
        abort(400)
    before = desk.page(request.form.get("page", ""))
    if before is None or before.done:
        return Page(pages.new_id(), wish, language, (), desk.now)
    if before.moving:
        return before
    return Page(before.id, wish, language, before.offered, desk.now)


@agent.post("/pages/<page_id>/book")
def book(page_id: str) -> Response | tuple[str, int]:
    """Books a time of the page, or moves to it; sent twice, it is done once."""
    page = read(lambda desk: desk.page(page_id))
    if page is None:
        flash(GONE, "error")
        return redirect(url_for("agent.show"))
    guest, wrong = _guest(page)
    if wrong and not page.done:
        return rendered(page, wrong=wrong), 422
    try:
        chosen = moment(int(request.form.get("start", "")))
        reference = transact(lambda desk: desk.book_or_move(page_id, chosen, guest))
    except (ValueError, OverflowError, OSError):
        abort(400)
    except PageGone:
        flash(GONE, "error")
        return redirect(url_for("agent.show"))
    except AppointmentChanged:
        flash(CHANGED, "error")
        return redirect(url_for("agent.appointment", reference=page.moving))
    except OpeningTaken:
        transact(lambda desk: desk.offer_others(page_id))
        flash(TAKEN, "error")
        return redirect(url_for("agent.show", page=page.id))
    return redirect(url_for("agent.appointment", reference=reference))


def _guest(page: Page) -> tuple[Guest, dict[str, str]]:
    """What was typed about the caller, and what is wrong with it, each by its field."""
    municipality = office().calendar.municipality
    typed_mobile = request.form.get("mobile", "").strip()
    typed_address = request.form.get("address", "").strip()
    note = one_line(request.form.get("note", ""))
    guest = Guest(mobile(typed_mobile), address(typed_address, municipality.postcodes), note)
    wrong = {}
    if typed_mobile and not guest.mobile:
        wrong["mobile"] = "Dit is geen Nederlands mobiel nummer. Schrijf het als 06 12345678."
    visited = municipality.services[page.wish.service].visit is not None
    if visited and not page.moving and not guest.address:
        wrong["address"] = "Vul een postcode en huisnummer in van een adres in de gemeente."
    return guest, wrong


@agent.post("/pages/<page_id>/leave")
def leave(page_id: str) -> Response:
    """The page was left: its times are free."""
    transact(lambda desk: desk.leave(page_id))
    return Response(status=204)


@agent.post("/pages/<page_id>/stay")
def stay(page_id: str) -> Response:
    """The page is still there: its times stay held for a while."""
    return jsonify(held=transact(lambda desk: desk.stay(page_id)))


@agent.get("/live")
def live() -> str:
    """The calls and the list, for a page that brings itself up to date."""
    return render_template("live.html", **view.live(office()))


@agent.post("/tasks/<int:task>/done")
def task_done(task: int) -> Response:
    """Strikes a task off the list."""
    if task > LARGEST_ROW:
        abort(404)
    transact(lambda desk: desk.strike_off(task))
    return redirect(url_for("agent.show", page=request.form.get("page") or None))


def rendered(page: Page | None, **words: object) -> str:
    """The page, with the times that were asked for on it."""
    return render_template("agent.html", **view.whole(office(), page), **words)


def _sign_in() -> str:
    return url_for("signing_in.ask_to_sign_in")

"""Employees sign in and out, and change their password."""

import logging
from collections.abc import Callable
from functools import partial

from flask import (
    Blueprint,
    abort,
    flash,
    g,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from werkzeug.wrappers import Response

from scheduling.database import Connection
from scheduling.presence import sign_out_of_calls
from web import accounts, audit, hashes, lockout, passwords, sessions
from web.accounts import Account
from web.audit import Deed
from web.back_office import office
from web.openid import OpenID

log = logging.getLogger("ivr.staff")

NOT_CHANGED = "Uw wachtwoord is niet veranderd. Vul alles opnieuw in."
NOT_YOURS = "Dit klopt niet. Vul het wachtwoord in waarmee u zich nu aanmeldt."
NOT_TWICE = "Dit is anders. Vul twee keer hetzelfde nieuwe wachtwoord in."
THE_SAME = "Dit is uw wachtwoord van nu. Neem een ander."
TOO_LATE = "Dit wachtwoord is verlopen. Vraag een nieuw wachtwoord aan wie het u gaf."

signing_in = Blueprint(
    "signing_in", __name__, url_prefix="/staff", template_folder="templates", static_folder="static"
)


def signed_in(*, by_hand: bool = True) -> Account | None:
    """Who is signed in on this request."""
    here = office()
    with here.database.read() as connection:
        account = sessions.current(connection, here.clock(), by_hand=by_hand)
    g.account = account
    return account


@signing_in.context_processor
def ways_in() -> dict[str, OpenID | None]:
    """What the page to sign in offers besides a password."""
    return {"openid": office().openid}


@signing_in.get("/sign-in")
def ask_to_sign_in() -> Response | str:
    """The form; who is signed in already goes on."""
    return redirect(url_for("agent.show")) if signed_in() else render_template("sign_in.html")


@signing_in.post("/sign-in")
def sign_in() -> Response | tuple[str, int]:
    """Begins a session where name and password are right."""
    name = request.form.get("name", "")
    if (openid := office().openid) and openid.is_only:
        return _refused("sign_in.html", "Meld u aan met uw gemeente-account.", 403)
    try:
        account = _checked(name, request.form.get("password", ""))
    except lockout.TooSoon as too_soon:
        return _refused("sign_in.html", _wait(too_soon), 429, name=name)
    if account is None:
        return _refused("sign_in.html", "Naam of wachtwoord klopt niet.", 401, name=name)
    now = office().clock()
    if account.first_until and account.first_until <= now:
        return _refused("sign_in.html", TOO_LATE, 403, name=name)
    sessions.begin(account, now)
    return redirect(url_for("agent.show"))


@signing_in.post("/sign-out")
def sign_out() -> Response:
    """Ends the employee's sessions, also on other machines."""
    if account := signed_in():
        _transact_noted(account, "signed_out", partial(_leave, account))
    session.clear()
    flash("U bent afgemeld.")
    left = redirect(url_for("signing_in.ask_to_sign_in"))
    left.headers["Clear-Site-Data"] = '"storage"'
    return left


@signing_in.get("/password")
def ask_for_password() -> str:
    """The form for another password."""
    _who_has_a_password()
    return render_template("password.html", shortest=accounts.SHORTEST_PASSWORD, wrong={})


@signing_in.post("/password")
def change_password() -> Response | tuple[str, int]:
    """Changes the password of whoever knows the present one; ends the other sessions."""
    account = _who_has_a_password()
    present, new = request.form.get("password", ""), request.form.get("new", "")
    if wrong := _wrong_with(account, new):
        return _not_changed(422, **wrong)
    try:
        if _checked(account.name, present, right="", wrong="password_not_changed") is None:
            return _not_changed(401, password=NOT_YOURS)
    except lockout.TooSoon as too_soon:
        return _not_changed(429, password=_wait(too_soon))
    if new == present:
        return _not_changed(422, new=THE_SAME)
    change = partial(accounts.set_password, name=account.name, password=new)
    _transact_noted(account, "password_changed", change)
    with office().database.read() as connection:
        renewed, _ = accounts.stored(connection, account.name)
    if renewed:
        sessions.begin(renewed, office().clock())
    log.info("an employee changed a password")
    flash("Uw wachtwoord is veranderd.")
    return redirect(url_for("agent.show"))


def _wrong_with(account: Account, new: str) -> dict[str, str]:
    """What is wrong with a new password, by its field."""
    names = (account.name, *office().calendar.municipality.name.values())
    if fault := passwords.fault(new, names):
        return {"new": fault.shown}
    return {} if new == request.form.get("again") else {"again": NOT_TWICE}


def _not_changed(status: int, **wrong: str) -> tuple[str, int]:
    """The form again, empty, with what is wrong beside each field."""
    words = {"shortest": accounts.SHORTEST_PASSWORD, "wrong": wrong}
    return _refused("password.html", NOT_CHANGED, status, **words)


def _leave(account: Account, connection: Connection) -> None:
    accounts.end_sessions(connection, account)
    sign_out_of_calls(connection, account.name, office().clock())


def _checked(
    name: str, password: str, *, right: str = "signed_in", wrong: str = "sign_in_failed"
) -> Account | None:
    """The account, where the password is right; raises TooSoon. Writes down which it was.

    Counts as a failure until it is known to be right, and takes as long for a name nobody has.
    """
    here, login = office(), accounts.login_of(name)
    now = here.clock()
    here.database.transact(lambda c: lockout.attempt(c, login, now))
    with here.database.read() as connection:
        account, known = accounts.stored(connection, name)
    is_right = hashes.is_right(known, password)
    if not is_right or account is None or not account.has_password:
        if account:
            _transact_noted(account, wrong)
        return None
    anew = hashes.made(password) if hashes.is_of_before(known) else ""

    def succeeded(connection: Connection) -> None:
        lockout.succeeded(connection, login=login)
        if anew:
            accounts.stores_anew(connection, account, anew)

    _transact_noted(account, right, succeeded)
    return account


def _transact_noted(
    account: Account, action: str, work: Callable[[Connection], object] | None = None
) -> None:
    now = office().clock()

    def done(connection: Connection) -> None:
        if work:
            work(connection)
        if action:
            audit.note(connection, Deed(now, account.name, action))

    office().database.transact(done)


def _who_has_a_password() -> Account:
    """Who is signed in; otherwise, or where he has no password here, the request ends with that."""
    account = signed_in()
    if account is None:
        abort(redirect(url_for("signing_in.ask_to_sign_in")))
    if not account.has_password:
        why = "U meldt zich aan met uw gemeente-account. Uw wachtwoord verandert u daar."
        abort(make_response(render_template("refused.html", why=why), 403))
    return account


def _wait(too_soon: lockout.TooSoon) -> str:
    total = int(too_soon.wait.total_seconds())
    time = f"{total} seconden" if total < 100 else f"{-(-total // 60)} minuten"  # noqa: PLR2004
    return f"Er is te vaak een verkeerd wachtwoord ingevuld. Probeer het over {time} opnieuw."


def _refused(template: str, error: str, status: int, **words: object) -> tuple[str, int]:
    return render_template(template, error=error, **words), status

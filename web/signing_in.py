"""Employees sign in and out, and change their password."""

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
from web import accounts, audit, lockout, sessions
from web.accounts import Account
from web.audit import Deed
from web.back_office import office
from web.openid import OpenID

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
    sessions.begin(account, now)
    return redirect(url_for("agent.show"))


@signing_in.post("/sign-out")
def sign_out() -> Response:
    """Ends the employee's sessions, also on other machines."""
    if account := signed_in():
        _transact_noted(account, "signed_out", partial(_leave, account))
    session.clear()
    flash("U bent afgemeld.")
    return redirect(url_for("signing_in.ask_to_sign_in"))


@signing_in.get("/password")
def ask_for_password() -> str:
    """The form for another password."""
    _who_has_a_password()
    return render_template("password.html", shortest=accounts.SHORTEST_PASSWORD)


@signing_in.post("/password")
def change_password() -> Response | tuple[str, int]:
    """Changes the password of whoever knows the present one; ends the other sessions."""
    account = _who_has_a_password()
    refuse = partial(_refused, "password.html", shortest=accounts.SHORTEST_PASSWORD)
    new = request.form.get("new", "")
    if new != request.form.get("again"):
        return refuse("De twee nieuwe wachtwoorden zijn niet gelijk.", 422)
    if not accounts.SHORTEST_PASSWORD <= len(new) <= accounts.LONGEST_PASSWORD:
        return refuse(f"Neem een wachtwoord van minstens {accounts.SHORTEST_PASSWORD} tekens.", 422)
    try:
        if _checked(account.name, request.form.get("password", "")) is None:
            return refuse("Uw wachtwoord van nu klopt niet.", 401)
    except lockout.TooSoon as too_soon:
        return refuse(_wait(too_soon), 429)
    change = partial(accounts.set_password, name=account.name, password=new)
    _transact_noted(account, "password_changed", change)
    with office().database.read() as connection:
        renewed, _ = accounts.stored(connection, account.name)
    if renewed:
        sessions.begin(renewed, office().clock())
    flash("Uw wachtwoord is veranderd.")
    return redirect(url_for("agent.show"))


def _leave(account: Account, connection: Connection) -> None:
    accounts.end_sessions(connection, account)
    sign_out_of_calls(connection, account.name, office().clock())


def _checked(name: str, password: str) -> Account | None:
    """The account, where the password is right; raises TooSoon.

    Counts as a failure until it is known to be right, and takes as long for a name nobody has.
    """
    here, login = office(), accounts.login_of(name)
    now = here.clock()
    here.database.transact(lambda c: lockout.attempt(c, login, now))
    with here.database.read() as connection:
        account, known = accounts.stored(connection, name)
    is_right = accounts.is_right(known, password)
    if not is_right or account is None or not account.has_password:
        if account:
            _transact_noted(account, "sign_in_failed")
        return None
    _transact_noted(account, "signed_in", partial(lockout.succeeded, login=login))
    return account


def _transact_noted(
    account: Account, action: str, work: Callable[[Connection], object] | None = None
) -> None:
    now = office().clock()

    def done(connection: Connection) -> None:
        if work:
            work(connection)
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

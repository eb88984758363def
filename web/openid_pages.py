"""Employees sign in with the municipality's own account: one click there, and back again."""

from flask import Blueprint, abort, flash, redirect, url_for
from werkzeug.wrappers import Response

from scheduling.database import Connection
from web import audit, openid_accounts, sessions
from web.accounts import Account, NameTaken
from web.audit import Deed
from web.back_office import office
from web.openid import RETURN, NotVouched, OpenID, Person, ProviderAway, RoleClaim, Stale
from web.openid_accounts import Blocked
from web.signing_in import signed_in

AWAY = "Het aanmelden met uw gemeente-account lukt nu niet. Probeer het over een minuut opnieuw."
STALE = "Deze aanmelding is niet meer geldig. Begin opnieuw."
NOT_VOUCHED = (
    "Wij konden niet controleren wie u bent. U bent niet aangemeld. Probeer het opnieuw."
    " Lukt het weer niet? Vraag het uw beheerder."
)

openid_pages = Blueprint("openid", __name__)


@openid_pages.get("/staff/openid")
def begin() -> Response:
    """To the provider; a link and no form, because a form may lead to our own pages only."""
    if signed_in():
        return redirect(url_for("agent.show"))
    try:
        return _openid().provider.begin()
    except ProviderAway:
        return _refused(AWAY)
    except NotVouched:
        return _refused(NOT_VOUCHED)


@openid_pages.get(RETURN)
def come_back() -> Response:
    """From the provider: begins a session for whom it vouches, where he has a role here."""
    openid = _openid()
    try:
        person = Person.of(openid.provider.finish(), openid.roles)
    except ProviderAway:
        return _refused(AWAY)
    except Stale:
        return redirect(url_for("agent.show")) if signed_in() else _refused(STALE)
    except NotVouched:
        return _refused(NOT_VOUCHED)
    try:
        account = _entered(person, openid.roles)
    except _NoEntry as no_entry:
        return _refused(no_entry.why)
    sessions.begin(account, office().clock())
    return redirect(url_for("agent.show"))


class _NoEntry(Exception):  # noqa: N818  named for what happened
    """Somebody is who he says, and may not come in."""

    def __init__(self, why: str) -> None:
        self.why = why


def _entered(person: Person, roles: RoleClaim) -> Account:
    """The account of a person; who comes in, and who does not, is written down."""
    here, now, role = office(), office().clock(), person.role

    def work(connection: Connection) -> Account:
        if role is None:
            raise _NoEntry(_without_role(person, roles))
        account = openid_accounts.enter(connection, person, role, now)
        audit.note(connection, Deed(now, account.name, "signed_in", detail="openid"))
        return account

    try:
        return here.database.transact(work)
    except Blocked:
        why = f"Het account {person.name} is geblokkeerd. Uw beheerder kan het weer openen."
        no_entry = _NoEntry(why)
    except NameTaken:
        no_entry = _NoEntry(
            f"Er is hier al een ander account met de naam {person.name}."
            " Vraag uw beheerder om dat te verwijderen. Meld u daarna opnieuw aan."
        )
    except _NoEntry as error:
        no_entry = error
    refused = Deed(now, person.name, "sign_in_refused", detail="openid")
    here.database.transact(lambda connection: audit.note(connection, refused))
    raise no_entry


def _without_role(person: Person, roles: RoleClaim) -> str:
    *others, last = roles.names
    names = f"{', '.join(others)} of {last}" if others else last
    return (
        f"Het account {person.name} heeft hier nog geen rol. Vraag uw beheerder om het account"
        f" een van deze rollen te geven: {names} (claim {roles.claim}). Meld u daarna opnieuw aan."
    )


def _openid() -> OpenID:
    return office().openid or abort(404)


def _refused(why: str) -> Response:
    """Back to the page to sign in, so that no code stays in the address of a page."""
    flash(why, "error")
    return redirect(url_for("signing_in.ask_to_sign_in"))

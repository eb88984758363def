"""The address that several municipalities share: how all of them are, and who reaches none."""

import logging
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

from flask import Blueprint, Flask, Response, abort, current_app, jsonify, request
from prometheus_client import CONTENT_TYPE_LATEST

from ivr.metrics import scraped
from ivr.refusals import refuse_silently
from ivr.signature import Signature, is_signed
from ivr.standing import Standing, standing, why_not_ready
from ivr.twiml import for_nobody, no_answer
from ivr.voices import first_voices
from ivr.webhooks import Door

log = logging.getLogger(__name__)

_XML = "text/xml; charset=utf-8"
_AT_ONCE = 8

shared = Blueprint("shared", __name__)
telephone = Blueprint("telephone", __name__)


def shared_address(url: str, apps: Mapping[str, Flask]) -> Flask:
    """The application at a URL, for what belongs to no municipality or to all of them."""
    app = Flask("app", static_folder=None)
    doors: dict[str, Door] = {name: each.extensions["telephone"] for name, each in apps.items()}
    tokens = dict.fromkeys(token for door in doors.values() for token in door.signature.tokens)
    app.extensions["doors"] = doors
    app.extensions["counted_in"] = next(iter(apps.values())).extensions["counted_in"]
    app.extensions["signature"] = Signature.of(url, tuple(tokens))
    for blueprint in (shared, telephone):
        app.register_blueprint(blueprint)
    refuse_silently(app)
    return app


@telephone.before_request
def refuse_unsigned() -> None:
    """403 for whatever Twilio did not sign, for any of the municipalities."""
    if not is_signed(current_app.extensions["signature"]):
        log.warning("refused: no valid signature for PUBLIC_URL by a token of any municipality")
        abort(403)


@telephone.post("/voice")
@telephone.post("/voice/handover")
@telephone.post("/voice/fallback")
def unknown() -> Response:
    """A number was dialled that nobody here has: the caller hears so, and an alarm goes off."""
    sid = request.form.get("CallSid", "")
    told = "rings a number that no municipality has, or sent to the wrong one"
    log.error("call %s: %s; see flask municipalities", sid if sid.isalnum() else "?", told)
    return Response(for_nobody(first_voices()), content_type=_XML)


@telephone.post("/messages")
def unknown_message() -> Response:
    """A message to a number that nobody here has: nobody can answer it."""
    log.error("a message came to a number that no municipality has; see flask municipalities")
    return Response(no_answer(), content_type=_XML)


@telephone.post("/voice/status")
@telephone.post("/messages/status")
def unknown_status() -> Response:
    """How something fares that nobody here knows."""
    return Response(status=204)


@shared.get("/health")
def alive() -> Response:
    """200 as long as the process answers at all."""
    return jsonify(status="alive")


@shared.get("/ready")
def ready() -> tuple[Response, int]:
    """503 when no municipality can book; otherwise 200, with the reason for each that cannot.

    Whoever takes an installation out of service on 503 would take the others out with one.
    """
    doors: dict[str, Door] = current_app.extensions["doors"]
    with ThreadPoolExecutor(_AT_ONCE) as asking:
        reasons = dict(zip(doors, asking.map(_reason, doors.values()), strict=True))
    away = [reason for reason in reasons.values() if reason]
    status = "ready" if not away else "partly ready" if len(away) < len(reasons) else "not ready"
    return jsonify(status=status, municipalities=reasons), 503 if status == "not ready" else 200


def _reason(door: Door) -> str | None:
    return why_not_ready(door.line.database, door.clock())


def _standing(door: Door) -> Standing:
    return standing(door.line.database, door.line.calendar, door.clock())


@shared.get("/metrics")
def metrics() -> Response:
    """Counters of all workers for all of them together, and how the book of each stands."""
    doors: dict[str, Door] = current_app.extensions["doors"]
    with ThreadPoolExecutor(_AT_ONCE) as asking:
        standings = dict(zip(doors, asking.map(_standing, doors.values()), strict=True))
    folder = current_app.extensions["counted_in"]
    return Response(scraped(standings, folder), content_type=CONTENT_TYPE_LATEST)

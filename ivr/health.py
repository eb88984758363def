"""Whether the line is alive, whether it can book, and what it counted; for machines that watch."""

from flask import Blueprint, Response, current_app, jsonify
from prometheus_client import CONTENT_TYPE_LATEST

from ivr.metrics import scraped
from ivr.standing import standing, why_not_ready
from ivr.webhooks import door

health = Blueprint("health", __name__)


@health.get("/health")
def alive() -> Response:
    """200 as long as the process answers at all."""
    return jsonify(status="alive")


@health.get("/ready")
def ready() -> tuple[Response, int]:
    """200 when calls can be booked; 503 with the reason when they cannot."""
    reason = why_not_ready(door().line.database, door().clock())
    return jsonify(status="not ready" if reason else "ready", reason=reason), 503 if reason else 200


@health.get("/metrics")
def metrics() -> Response:
    """Counters of all workers, and how the book stands, in Prometheus' own format."""
    line = door().line
    told = standing(line.database, line.calendar, door().clock())
    folder = current_app.extensions["counted_in"]
    return Response(scraped({"": told}, folder), content_type=CONTENT_TYPE_LATEST)

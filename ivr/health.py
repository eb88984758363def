"""Whether the line is alive, whether it can book, and what it counted; for machines that watch."""

from flask import Blueprint, Response, jsonify
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from ivr.webhooks import door
from scheduling.database import SCHEMA
from scheduling.errors import DatabaseAway
from scheduling.roster import published_until

health = Blueprint("health", __name__)


@health.get("/health")
def alive() -> Response:
    """200 as long as the process answers at all."""
    return jsonify(status="alive")


@health.get("/ready")
def ready() -> tuple[Response, int]:
    """200 when calls can be booked; 503 with the reason when they cannot."""
    reason = _reason()
    return jsonify(status="not ready" if reason else "ready", reason=reason), 503 if reason else 200


@health.get("/metrics")
def metrics() -> Response:
    """Counters in Prometheus' own format."""
    return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)


def _reason() -> str | None:
    database = door().line.database
    try:
        schema = database.schema()
        if schema is None or schema < SCHEMA:
            return f"the database has schema {schema}, this version wants {SCHEMA}"
        database.try_to_write()
        with database.read() as connection:
            until = published_until(connection)
    except DatabaseAway as away:
        return away.reason
    if until is None or until <= door().clock():
        return "no roster is published; run: flask roster publish"
    return None

"""What is counted while the line runs; a label is a kind or a step, never a caller.

A process counts for itself. Where several answer the line, the library keeps what each of them has
counted in a folder, and a scrape of any one adds it all up, also that of workers that are gone.
"""

from collections.abc import Iterator, Mapping
from functools import cache

from prometheus_client import (
    REGISTRY,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
    multiprocess,
    values,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from ivr.standing import Standing
from ivr.story import OUTCOMES

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

REQUESTS = Counter(
    "line_requests",
    "Requests of the telephone, by the step that was answered",
    ["kind", "step", "outcome"],
)
SECONDS = Histogram(
    "line_request_seconds", "Time to answer a request of the telephone", ["kind"], buckets=_SECONDS
)
DATABASE = Histogram(
    "line_database_seconds",
    "Time of a request in the database: waiting to write, statements, commit",
    ["kind"],
    buckets=_SECONDS,
)
CALLS = Counter("line_calls", "Calls that are over, by what came of them", ["outcome"])
FALLBACKS = Counter("line_fallbacks", "Twilio's errors on the way to the line", ["code"])
REFUSALS = Counter("line_refusals", "What Twilio refused that was asked of it", ["code"])
MESSAGES = Counter("line_messages", "Text messages handed to the carrier, or not", ["outcome"])

KINDS = ("call", "handover", "turn", "fallback")
"""The requests of the telephone that are answered with a document."""

_CODES = frozenset(
    ["11200", "11205", "11750", "12100", "12200", "12300"]
    + [str(code) for code in range(13512, 13522)]
)
"""Twilio's errors on the way to us that are worth an alert; whatever else comes counts as other."""

_BUSY, _OVER, _LANDLINE = "20429", "21220", "21614"
_REFUSALS = {_BUSY: _BUSY, "429": _BUSY, _OVER: _OVER, _LANDLINE: _LANDLINE}
"""The same for what we ask of Twilio: too often, of a call that is over, for a landline."""

_SENT = (
    "sent",
    "adopted",
    "dropped",
    "limited",
    "interrupted",
    "refused",
    "busy",
    "unsure",
    "wrongaccount",
)


@cache
def counted(kind: str, outcome: str, step: str = "") -> Counter:
    """The counter of one kind of request that ended in one way."""
    return REQUESTS.labels(kind, step, outcome)


@cache
def timed(kind: str) -> tuple[Histogram, Histogram]:
    """The times of one kind of request: whole, and in the database."""
    return SECONDS.labels(kind), DATABASE.labels(kind)


def begin(folder: str | None) -> None:
    """Begins to count, once in a process that answers; with those that share the folder, if any.

    What is watched for its first time begins at 0: a counter that appears has not increased.
    """
    if folder and values.ValueClass is values.MutexValue:
        values.ValueClass = values.MultiProcessValue()  # type: ignore[no-untyped-call]
    for kind in KINDS:
        timed(kind)
        counted(kind, "failed")
        counted(kind, "replayed")
    counted("message", "failed")
    for code in (*_CODES, "other", "none"):
        FALLBACKS.labels(code)
    for code in (*_REFUSALS.values(), "other"):
        REFUSALS.labels(code)
    counted("unsigned", "refused")
    for outcome in OUTCOMES:
        CALLS.labels(outcome)
    for outcome in _SENT:
        MESSAGES.labels(outcome)


def code_of(told: str) -> str:
    """An error of Twilio's as it is counted and logged; a request cannot make up new ones."""
    return told if told in _CODES else "other" if told else "none"


def note_refusal(told: str) -> None:
    """Counts an error of Twilio's about what was asked of it, or how a message failed."""
    REFUSALS.labels(_REFUSALS.get(told, "other")).inc()


def scraped(standings: Mapping[str, Standing], folder: str | None) -> bytes:
    """Everything, in Prometheus' own format; `folder` is where the workers keep what they count.

    The standings are those of several municipalities by name; the name of the only one is empty.
    """
    counts = REGISTRY
    if folder:
        counts = CollectorRegistry()
        multiprocess.MultiProcessCollector(counts, path=folder)  # type: ignore[no-untyped-call]
    now = CollectorRegistry()
    now.register(_Gauges(standings))
    return generate_latest(counts) + generate_latest(now)


class _Gauges(Collector):
    """What stands in the databases at the moment of the scrape."""

    def __init__(self, standings: Mapping[str, Standing]) -> None:
        self.standings = standings

    def collect(self) -> Iterator[Metric]:
        """A gauge for each figure, with the municipality where there are several."""
        found: dict[str, GaugeMetricFamily] = {}
        for name, standing in self.standings.items():
            whose = {"municipality": name} if name else {}
            for gauge, told, label, figures in _figures(standing):
                names = [*whose, *([label] if label else [])]
                family = found.setdefault(gauge, GaugeMetricFamily(gauge, told, labels=names))
                for kind, figure in figures.items():
                    family.add_metric([*whose.values(), *([kind] if label else [])], figure)
        yield from found.values()


def _figures(standing: Standing) -> Iterator[tuple[str, str, str, Mapping[str, float]]]:
    """Gauge, what it tells, its label if any, and figures; where the database is away only that."""
    yield "line_ready", "1 while calls can be booked", "", {"": standing.is_ready}
    yield "line_open", "1 in the hours of the telephone", "", {"": standing.is_open}
    book = standing.book
    yield "line_database_up", "1 while the database answers", "", {"": book is not None}
    if book is None:
        return
    yield "line_booked_today", "Appointments made today that stand", "channel", book.booked
    yield "line_holds", "Times held for callers now", "", {"": book.holds}
    yield "line_outbox_due", "Messages that are due and not sent", "", {"": book.due}
    yield "line_outbox_age_seconds", "How long the oldest of these is due", "", {"": book.oldest}
    yield "line_messages_day", "Messages in the last 24 hours", "", {"": book.messages}
    most = {"": book.most_messages}
    yield "line_messages_day_most", "How many go out in 24 hours at the most", "", most
    yield "line_guesses_hour", "Codes that nobody has, of the last hour", "kind", book.guesses
    yield "line_tasks_open", "What employees have to do", "kind", book.tasks

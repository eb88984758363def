"""What is counted while the line runs; a label is a kind of request, never a caller."""

from functools import cache

from prometheus_client import Counter, Histogram

REQUESTS = Counter("line_requests", "Requests of the telephone", ["kind", "outcome"])
SECONDS = Histogram("line_request_seconds", "Time to answer a request of the telephone")

MESSAGES = Counter("line_messages", "Text messages handed to the carrier, or not", ["outcome"])


@cache
def counted(kind: str, outcome: str) -> Counter:
    """The counter of one kind of request that ended in one way."""
    return REQUESTS.labels(kind, outcome)

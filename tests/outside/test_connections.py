"""A proxy keeps connections to the line open, and most of them wait for their next request."""

import http.client
from collections.abc import Iterator
from contextlib import ExitStack, closing

import pytest

from tests.outside.running import RunningLine

MANY = 100
"""A proxy in front of many callers: more than the threads of any worker."""


@pytest.fixture
def connections(running_line: RunningLine) -> Iterator[list[http.client.HTTPConnection]]:
    """Connections to the line that nobody has used yet."""
    with ExitStack() as stack:
        yield [
            stack.enter_context(
                closing(http.client.HTTPConnection("127.0.0.1", running_line.port, timeout=15))
            )
            for _ in range(MANY)
        ]


def test_connections_that_wait_keep_no_caller_out(
    connections: list[http.client.HTTPConnection],
) -> None:
    """Each is answered, and stays open while the next one asks."""
    for connection in (*connections, *connections):
        connection.request("GET", "/health")
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200
        assert connection.sock is not None, "the line closed a connection that could be used again"

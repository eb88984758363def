"""A listening socket that systemd keeps: whoever rings during a restart waits in its queue."""

import socket
from collections.abc import Mapping

_FIRST = 3
"""The descriptor at which systemd hands the first socket over; see sd_listen_fds(3)."""


def handed_over(environment: Mapping[str, str], pid: int) -> socket.socket | None:
    """The socket that was handed to this very process, if one was."""
    is_ours = environment.get("LISTEN_PID") == str(pid)
    if not is_ours or environment.get("LISTEN_FDS", "0") == "0":
        return None
    listener = socket.socket(fileno=_FIRST)
    listener.settimeout(0)  # asked only when somebody has rung
    return listener

"""The production server that answers with the line's application, in one process or several."""

import multiprocessing
import socket
import sys
import threading
import time
from collections.abc import Sequence
from typing import Any

from granian._granian import SocketHolder
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import MPServer

from ivr import heap

THREADS = 8
"""Requests that one worker handles at once; each waits for the disk most of its time."""

CONNECTIONS = 400
"""Connections that one worker keeps open at once: a proxy keeps many that wait for their next use.

Granian takes no more than these, whether requests come on them or not.
"""

_BACKLOG = 1024
"""How many wait to be connected at the most."""

SECONDS_TO_STOP = 10
"""How long a worker may take to finish its answers when the line is stopped."""

_SOON = 5.5
"""Seconds after its start in which a worker's end makes Granian think that none can start."""

_SECONDS_OF_REST = 0.5
_MOST = 20
"""So many workers may die soon before any has lived longer, until the server gives up as well."""


class Server(MPServer):
    """Granian, which also stops when it is told to several times at once.

    And which goes on when a worker is killed twice: Granian itself ends the whole server then.
    """

    has_lived = False
    """Whether a worker had begun its chores before one died: who is forked after that goes on."""

    _is_told = False
    _died = 0
    listener: socket.socket
    """Where it listens. All workers share it: who rings while one of them dies waits in its queue.

    Granian gives each worker a queue of its own, which is lost with it.
    """

    def signal_handler_interrupt(self, *args: object, **kwargs: object) -> None:  # noqa: ARG002
        """Stops the server; a second signal changes nothing.

        Granian's own handler sets an event. A shell, uv and systemd each send SIGTERM to every
        process; a second one while the event is being set waits for itself for ever (2 of 40).
        """
        if not self._is_told:
            self._is_told = self.interrupt_signal = True
            threading.Thread(target=self.main_loop_interrupt.set).start()

    def _respawn_workers(self, workers: Sequence[int], *args: Any, **options: Any) -> None:  # noqa: ANN401  Granian's
        """Replaces workers, at once; after a rest where they had only just begun.

        Where none has ever lived, none can start here, and the server gives up at last. Once one
        has, whatever kills them passes: who rings waits, and the next worker answers.
        """
        ages = [time.monotonic() - each.birth for each in self.wrks]
        Server.has_lived = Server.has_lived or max(ages) > _SOON
        self._died += len(workers)
        if min(ages[each] for each in workers) <= _SOON:
            time.sleep(_SECONDS_OF_REST)
        super()._respawn_workers(workers, *args, **options)
        self.respawned_wrks.clear()
        if not self.has_lived and self._died >= _MOST:
            self.respawned_wrks.update(dict.fromkeys(range(self.workers), time.monotonic()))
        if self.interrupt_children:  # who died meanwhile: Granian clears the event after it looked
            self.main_loop_interrupt.set()

    def _init_shared_socket(self) -> None:
        self.listener.set_inheritable(True)
        # An answer goes out in two parts. Without this the second waits now and then until the
        # first is acknowledged, 40 ms later; connections have it from where they come in.
        self.listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._ssp, self._sso = None, self.listener
        arguments = (self.listener.fileno(), False, self.backlog)
        self._shd = SocketHolder(*arguments)  # type: ignore[call-arg, assignment]


def serve(
    factory: str, host: str, port: int, workers: int, listener: socket.socket | None = None
) -> None:
    """Answers with the application that `factory` (module:function) makes, until stopped.

    It listens at `listener` where there is one, and else opens the port itself. On Linux
    workers are forks of this process: they answer by what it has read.
    """
    if sys.platform == "linux":
        multiprocessing.set_start_method("fork", force=True)  # no longer usual from Python 3.14
    heap.keep_small()
    server = Server(
        factory,
        factory=True,
        interface=Interfaces.WSGI,
        address=host,
        port=port,
        workers=workers,
        blocking_threads=THREADS,
        backpressure=CONNECTIONS,
        websockets=False,
        respawn_failed_workers=True,
        workers_kill_timeout=SECONDS_TO_STOP,
        log_level=LogLevels.error,
    )
    server.listener = listener or _opened(host, port)
    server.serve()


def _opened(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.create_server((host, port), family=family, backlog=_BACKLOG)
    listener.settimeout(0)  # asked only when somebody has rung
    return listener

"""The server stops when it is told to, however often."""

import threading

from granian.constants import Interfaces

from ivr.server import Server


def test_a_second_signal_while_the_first_is_handled_does_not_wait_for_it() -> None:
    """A handler runs in the middle of anything, also of its own work with the lock of the event."""
    server = Server("app:create_app", factory=True, interface=Interfaces.WSGI)

    def interrupted() -> None:
        with server.main_loop_interrupt._cond:  # type: ignore[attr-defined]
            server.signal_handler_interrupt()
            server.signal_handler_interrupt()

    handling = threading.Thread(target=interrupted, daemon=True)
    handling.start()
    handling.join(timeout=5)
    assert not handling.is_alive()
    assert server.main_loop_interrupt.wait(timeout=5)

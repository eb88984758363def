"""The server answers at once, and stops when it is told to, however often."""

import socket
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


def test_no_part_of_an_answer_waits_until_another_is_acknowledged() -> None:
    """It did on connections that are kept: one answer of forty came 40 ms later."""
    server = Server("app:create_app", factory=True, interface=Interfaces.WSGI)
    server.listener = socket.create_server(("127.0.0.1", 0))
    server._init_shared_socket()
    with socket.create_connection(server.listener.getsockname()):
        answers, _ = server.listener.accept()
        with answers:
            assert answers.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    server.listener.detach()  # the server closes it

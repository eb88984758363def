"""The server answers at once, and stops when it is told to, however often."""

import socket
import subprocess
import sys
import threading

from granian.constants import Interfaces

from ivr.server import Server
from tests.outside.running import ROOT, free_port


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


def no_application() -> None:
    """What a worker cannot start with, such as a program of which a half is missing."""
    raise ImportError("a half is missing")


def test_a_server_that_can_start_no_worker_gives_up() -> None:
    """After a while, and says why: whoever keeps it, systemd or a person, is to know."""
    serves = f"""
from ivr.server import serve
serve("tests.ivr.test_server:no_application", "127.0.0.1", {free_port()}, 2)
"""
    command = [sys.executable, "-c", serves]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)  # noqa: S603, PLW1510
    assert ended.returncode == 1
    assert "a half is missing" in ended.stderr + ended.stdout
    assert "Worker crash loop detected" in ended.stderr + ended.stdout

"""A worker keeps little of the memory that it used for a moment."""

import ctypes
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.benchmarks.load.line import get
from tests.outside.running import ROOT, end, free_port, wait_for
from web import hashes


def application() -> Callable[[dict[str, Any], Any], Iterable[bytes]]:
    """Answers how much memory the worker keeps after some sign-ins, and in how many heaps."""
    answers = {"/kept": megabytes_kept, "/heaps": heaps}

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:  # noqa: ANN401
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [str(answers[environ["PATH_INFO"]]()).encode()]

    return answer


def megabytes_kept() -> float:
    """Of the memory that the second to the fourth password took."""
    hashes.made("een goed wachtwoord")
    before = _resident()
    for _ in range(3):
        hashes.made("een goed wachtwoord")
    return (_resident() - before) / 2**20


def _resident() -> int:
    pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * resource.getpagesize()


def heaps() -> int:
    """In how many heaps the C library keeps what it has for this process."""
    libc = ctypes.CDLL(None)
    libc.fdopen.restype = ctypes.c_void_p
    with tempfile.TemporaryFile() as file:
        output = ctypes.c_void_p(libc.fdopen(file.fileno(), b"w"))
        libc.malloc_info(0, output)
        libc.fflush(output)
        file.seek(0)
        return file.read().count(b"<heap nr=")


@pytest.fixture(scope="module")
def ask() -> Iterator[Callable[[str], str]]:
    """A server of one worker, which is asked."""
    port = free_port()
    address = f"'{__name__}:application', '127.0.0.1', {port}, 1"
    words = [sys.executable, "-c", f"from ivr.server import serve; serve({address})"]
    process = subprocess.Popen(words, cwd=ROOT, start_new_session=True)  # noqa: S603
    wait_for(lambda: get(port, "/heaps") is not None)
    yield lambda path: get(port, path) or ""
    end(process)


def test_the_memory_for_a_password_is_given_back(ask: Callable[[str], str]) -> None:
    """Of its own accord the C library keeps 8 MB of them for good, in every worker."""
    assert float(ask("/kept")) < 4


def test_all_threads_share_a_heap(ask: Callable[[str], str]) -> None:
    """Each has one of its own otherwise, and in each something is free that no other can use."""
    assert ask("/heaps") == "1"

"""A worker keeps little of the memory that it used for a moment."""

import subprocess
import sys

from tests.outside.running import ROOT

_BEGINS = """
import ctypes, resource, sys, threading
from ivr import heap
from web import hashes
heap.keep_small()
"""
_SIGNS_IN = """
def kept():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize() / 2**20

hashes.made("een goed wachtwoord")
before = kept()
for _ in range(3):
    hashes.made("een goed wachtwoord")
print(kept() - before)
"""
_ANSWERS = """
for _ in range(8):
    threading.Thread(target=threading.Event().wait, daemon=True).start()
libc = ctypes.CDLL(None)
libc.fdopen.restype = ctypes.c_void_p
libc.malloc_info(0, output := ctypes.c_void_p(libc.fdopen(1, b"w")))
libc.fflush(output)
"""


def _printed(does: str) -> str:
    words = [sys.executable, "-c", _BEGINS + does]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603
    return done.stdout


def test_the_memory_for_a_password_is_given_back() -> None:
    """Of its own accord the C library keeps 8 MB of them for good, in every worker."""
    assert float(_printed(_SIGNS_IN)) < 4


def test_all_threads_share_a_heap() -> None:
    """Each has one of its own otherwise, and in each something is free that no other can use."""
    assert _printed(_ANSWERS).count("<heap nr=") == 1

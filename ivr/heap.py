"""How a process has its memory from the operating system, so that a worker stays small."""

import ctypes
from contextlib import suppress

_MEGABYTE = 1 << 20
_CHOICES = ((-8, 1), (-3, _MEGABYTE), (-1, _MEGABYTE))
"""M_ARENA_MAX, M_MMAP_THRESHOLD and M_TRIM_THRESHOLD of glibc's malloc.h, see mallopt(3)."""


def keep_small() -> None:
    """Lets all threads, of the forks of this process too, share a heap and give back what is free.

    Of its own accord glibc gives each thread a heap, which keeps what is free in it; and after the
    first 8 MB for somebody's password it keeps those too. Both together are a fifth of a worker's
    memory. Another libc has no such choices.
    """
    with suppress(AttributeError):
        choose = ctypes.CDLL(None).mallopt
        for parameter, value in _CHOICES:
            choose(parameter, value)

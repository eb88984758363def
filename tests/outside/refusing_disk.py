"""A disk that is full or read-only, for one thread, and without being an administrator.

The kernel itself answers what that thread asks of it: a filter of system calls (seccomp(2)), which
every user may lay upon a thread of his own, and which holds until the thread ends.
"""

import ctypes
import errno
import os
import platform
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")

_NUMBERS = {"x86_64": (18, 257), "aarch64": (67, 56)}
"""Of pwrite64, with which SQLite writes, and of openat, on each kind of processor."""

_LOAD, _AND, _IF_EQUAL, _RETURN = 0x20, 0x54, 0x15, 0x06
_NUMBER, _FLAGS = 0, 32
"""Where the kernel puts a call's number and its third argument (struct seccomp_data)."""

_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_NO_NEW_PRIVILEGES, _SECCOMP, _FILTER = 38, 22, 2


class _Instruction(ctypes.Structure):
    _fields_ = (
        ("code", ctypes.c_ushort),
        ("if_true", ctypes.c_ubyte),
        ("if_false", ctypes.c_ubyte),
        ("value", ctypes.c_uint),
    )


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.POINTER(_Instruction)))


def full(work: Callable[[], T]) -> T:
    """The result of what is done while no file can be written: there is no room (ENOSPC)."""
    writes, _ = _NUMBERS[platform.machine()]
    return _filtered(
        work,
        (_LOAD, 0, 0, _NUMBER),
        (_IF_EQUAL, 0, 1, writes),
        (_RETURN, 0, 0, _ERRNO | errno.ENOSPC),
    )


def read_only(work: Callable[[], T]) -> T:
    """The result of what is done while no file can be written, or opened to be written (EROFS)."""
    writes, opens = _NUMBERS[platform.machine()]
    return _filtered(
        work,
        (_LOAD, 0, 0, _NUMBER),
        (_IF_EQUAL, 4, 0, writes),
        (_IF_EQUAL, 0, 4, opens),
        (_LOAD, 0, 0, _FLAGS),
        (_AND, 0, 0, os.O_ACCMODE),
        (_IF_EQUAL, 1, 0, os.O_RDONLY),
        (_RETURN, 0, 0, _ERRNO | errno.EROFS),
    )


def _filtered(work: Callable[[], T], *instructions: tuple[int, int, int, int]) -> T:
    words = [*instructions, (_RETURN, 0, 0, _ALLOW)]
    program = _Program(
        len(words), (_Instruction * len(words))(*(_Instruction(*each) for each in words))
    )
    libc = ctypes.CDLL(None, use_errno=True)

    def filtered() -> T:
        for asked in (
            (_NO_NEW_PRIVILEGES, 1, 0, 0, 0),
            (_SECCOMP, _FILTER, ctypes.byref(program), 0, 0),
        ):
            if libc.prctl(*asked):
                raise OSError(ctypes.get_errno(), "this machine lets nobody filter system calls")
        return work()

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(filtered).result()

"""A disk of one's own for a database server, to be full; only an administrator can mount one."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_MOST_BYTES = 8 * 1024**3


@dataclass(frozen=True)
class Disk:
    """A disk in the memory of the machine, mounted at `path`."""

    path: Path

    @contextmanager
    def full(self) -> Iterator[None]:
        """Until the end of the block it is as large as what is on it."""
        while not self._resize(self._used):  # it has grown meanwhile
            pass
        try:
            yield
        finally:
            self._resize(_MOST_BYTES)

    @property
    def _used(self) -> int:
        found = os.statvfs(self.path)
        return (found.f_blocks - found.f_bfree) * found.f_frsize

    def _resize(self, size: int) -> bool:
        """Whether that could be: what is on a disk has to fit."""
        return _run("mount", "-o", f"remount,size={size}", self.path)


@contextmanager
def mounted(path: Path) -> Iterator[Disk | None]:
    """A disk until the end of the block; None for whoever may not mount one."""
    path.mkdir()
    words = ("-t", "tmpfs", "-o", f"size={_MOST_BYTES}", "tmpfs")
    if os.geteuid() or not shutil.which("mount") or not _run("mount", *words, path):
        yield None
        return
    try:
        yield Disk(path)
    finally:
        _run("umount", "-l", path)


def _run(*words: object) -> bool:
    command = [str(word) for word in words]
    done = subprocess.run(command, check=False, capture_output=True)  # noqa: S603  our own words
    return done.returncode == 0

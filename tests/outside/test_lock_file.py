"""What is installed is what was chosen: each package has its version and its hashes in the lock."""

import re
import tomllib
from typing import Any

import pytest

from tests.outside.running import ROOT

LOCK = ROOT / "uv.lock"
PACKAGES = tomllib.loads(LOCK.read_text(encoding="utf-8"))["package"]
OTHERS = [each for each in PACKAGES if each["name"] != "appointment-line"]


@pytest.mark.parametrize("package", OTHERS, ids=lambda each: each["name"])
def test_a_package_is_pinned_with_its_hashes(package: dict[str, Any]) -> None:
    """One version from a registry, and for every file of it what its content must be."""
    assert re.fullmatch(r"[0-9][0-9A-Za-z.!+]*", str(package["version"]))
    assert list(package["source"]) == ["registry"]
    wheels = package.get("wheels", [])
    files = [*wheels, package["sdist"]] if "sdist" in package else wheels
    assert files
    for file in files:
        assert re.fullmatch("sha256:[0-9a-f]{64}", file["hash"])

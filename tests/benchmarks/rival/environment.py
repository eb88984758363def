"""An environment of its own for django-appointment, which is no dependency of the project."""

import shutil
import subprocess
import sys
from pathlib import Path

RIVAL = "django-appointment 3.12.0"
REQUIREMENTS = (RIVAL.replace(" ", "=="), "django==5.2.19")


def python_with_rival(home: Path) -> Path:
    """Return the interpreter of the rival's environment, made below `home` when it is not there."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    environment = home / "-".join((*REQUIREMENTS, version)).replace("==", "-")
    python, complete = environment / "bin" / "python", environment / "complete"
    if not complete.exists():
        shutil.rmtree(environment, ignore_errors=True)
        _make(environment, python)
        complete.touch()
    return python


def _make(environment: Path, python: Path) -> None:
    """Install the rival, with uv where that is on the path, else with venv and pip."""
    uv = shutil.which("uv")
    if uv:
        _run(uv, "venv", "--quiet", "--python", sys.executable, str(environment))
        _run(uv, "pip", "install", "--quiet", "--python", str(python), *REQUIREMENTS)
    else:
        _run(sys.executable, "-m", "venv", str(environment))
        _run(str(python), "-m", "pip", "install", "--quiet", *REQUIREMENTS)


def _run(*command: str) -> None:
    subprocess.run(command, check=True)  # noqa: S603  the arguments are constants

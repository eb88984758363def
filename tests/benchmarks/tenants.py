"""What one more municipality costs a worker: `python -m tests.benchmarks.tenants [1 10 50]`.

Each worker is a process of its own, with the application that the server loads and its senders. A
caller books at each municipality, by the number dialled; then memory, threads, open connections and
files are read, and the time of the processor while nobody rings.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

from werkzeug.test import Client

from app import create_serving_app, keep_loaded
from ivr.carrier import PhoneCall, Reply
from ivr.numbers_dialled import Entrance
from ivr.signature import HEADER, Signature
from tests import postgres
from tests.calling import PASSPORT, press_all
from tests.conftest import TEN_O_CLOCK
from tests.tenants import URL, katwijk, publish_book

_IDLE_SECONDS = 5
_CALLS = 3


def number_of(n: int) -> str:
    """The number of one of them."""
    return f"+3171{n:03}0000"


def build(folder: Path, count: int) -> list[str]:
    """So many municipalities, each with a file of its own; their names."""
    names = [f"gemeente-{n:03}" for n in range(count)]
    for n, name in enumerate(names):
        (folder / name).mkdir(parents=True)
        text = katwijk().replace("+3171406", f"+3171{n:03}").replace("+31970102", f"+3197{n:03}02")
        text = text.replace("Katwijk", f"Gemeente {n}").replace(f"+3171{n:03}1000", number_of(n))
        (folder / name / "municipality.toml").write_text(text, encoding="utf-8")
    return names


def worker() -> None:
    """Loads the application, has somebody book everywhere, and prints what it costs."""
    started = time.perf_counter()
    app = create_serving_app()
    loaded = time.perf_counter() - started
    assert isinstance(app, Entrance)
    fresh = memory()
    numbers = [number_of(n) for n in range(len(app.apps))]
    for number in numbers * _CALLS:
        book_at(app, number)
    keep_loaded()
    before = time.process_time()
    time.sleep(_IDLE_SECONDS)
    idle = (time.process_time() - before) / _IDLE_SECONDS
    doors = [each.extensions["telephone"] for each in app.apps.values()]
    pools = [door.line.database.engine.pool for door in doors]
    found = {
        "loaded in s": round(loaded, 2),
        "MB when loaded": round(fresh, 1),
        "MB after calls": round(memory(), 1),
        "connections": sum(pool.checkedin() + pool.checkedout() for pool in pools),
        "threads": threading.active_count(),
        "files": len([*Path("/proc/self/fd").iterdir()]),
        "processor when idle": round(idle, 4),
    }
    print(json.dumps(found))  # noqa: T201


def book_at(app: Entrance, number: str) -> None:
    """Somebody rings a number and books a passport."""
    name = app.whose[number]
    signature = Signature.of(URL, app.apps[name].extensions["telephone"].signature.tokens)

    def post(path: str, form: object) -> Reply:
        told = dict(form)  # type: ignore[call-overload]
        headers = {HEADER: signature.sign(path, told)}
        answer = Client(app).post(path, data=told, headers=headers)
        return Reply(answer.status_code, answer.mimetype or "", answer.data)

    call = PhoneCall(post, line=number)
    call.ring()
    press_all(call, PASSPORT + "1")
    assert "is booked" in " ".join(call.heard), call.heard
    call.hang_up()


def memory() -> float:
    """What this process has in memory, in MB."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def measure(count: int, server: postgres.Server | None, template: Path | str) -> dict[str, object]:
    """What a worker with so many municipalities costs."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        names = build(folder / "municipalities", count)
        books = {}
        for name in names:
            if server:
                books[name] = server.create(str(template))
                own = folder / "municipalities" / name / "settings.env"
                own.write_text(f"DATABASE_URL={server.url(books[name])}\n", encoding="ascii")
            else:
                (folder / name).mkdir()
                shutil.copy(template, folder / name / "line.sqlite3")
        environment = os.environ | {
            "MUNICIPALITIES": str(folder / "municipalities"),
            "STATE_DIRECTORY": str(folder),
            "PUBLIC_URL": URL,
            "DEMO_CLOCK_AHEAD": str(int((TEN_O_CLOCK - datetime.now(UTC)).total_seconds())),
        }
        done = subprocess.run(
            [sys.executable, "-m", "tests.benchmarks.tenants", "--worker"],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            check=True,
        )
        found: dict[str, object] = json.loads(done.stdout)
        for book in books.values():
            assert server
            server.drop(book)
        return {"municipalities": count} | found


def main() -> None:
    """Prints a line for each number of municipalities, on both databases."""
    counts = [int(word) for word in sys.argv[1:]] or [1, 10, 50]
    with tempfile.TemporaryDirectory() as place, postgres.running() as server:
        folder = Path(place)
        (name,) = build(folder / "municipalities", 1)
        path = folder / "template.sqlite3"
        publish_book(f"sqlite:///{path}", name, folder / "municipalities")
        book = server.create()
        publish_book(server.url(book), name, folder / "municipalities")
        for kind, on, template in (("sqlite", None, path), ("postgresql", server, book)):
            for count in counts:
                print(kind, measure(count, on, template), flush=True)  # noqa: T201


if __name__ == "__main__":
    if sys.argv[1:2] == ["--worker"]:
        worker()
    else:
        main()

"""One whose book is away disturbs nobody else; what is watched and logged says whose it is."""

import json
import logging
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import BoundedSemaphore

import pytest
from werkzeug.test import Client

from app import entrance
from ivr.carrier import Post, Reply
from ivr.logs import MUNICIPALITY, JSONLines
from ivr.server import THREADS
from scheduling.database import Database
from tests import postgres
from tests.conftest import World
from tests.ivr.looking import booked
from tests.ivr.tenants.town import BOTH, NOBODY_LISTENS, books
from tests.tenants import Towns, publish_book


def looks(towns: Towns, path: str) -> tuple[int, dict[str, object]]:
    """The answer to whoever watches."""
    answer = Client(towns.entrance).get(path)
    return answer.status_code, json.loads(answer.text)


def test_machines_that_watch_see_all_of_them_and_each(towns: Towns) -> None:
    """At the shared address and below each name."""
    assert looks(towns, "/health") == (200, {"status": "alive"})
    every = {"leiderdorp": None, "katwijk": None}
    assert looks(towns, "/ready") == (200, {"status": "ready", "municipalities": every})
    assert looks(towns, "/katwijk/ready") == (200, {"status": "ready", "reason": None})
    client = Client(towns.entrance)
    assert "line_requests_total" in client.get("/metrics").text
    assert client.get("/katwijk/metrics").status_code == 404
    assert client.get("/nowhere/ready").status_code == 404


def away(towns: Towns, *names: str) -> Towns:
    """The same, with the books of some on a server where nobody listens."""
    return on(towns, **{name: Database(NOBODY_LISTENS) for name in names})


def on(towns: Towns, **databases: Database) -> Towns:
    """The same, with other books for some."""
    every = [
        replace(world.parts, database=databases.get(name, world.database))
        for name, world in towns.worlds.items()
    ]
    made = entrance(every)
    worlds = {each.name: World(each, made.apps[each.name], towns.clock) for each in every}
    return Towns(made, worlds, towns.clock)


def test_a_book_that_is_away_disturbs_nobody_else(books_of_both: Towns) -> None:
    """Its callers hear an apology and reach its own employee; the others book on."""
    half = away(books_of_both, "leiderdorp")
    call = half.caller("leiderdorp", agents=("completed",))
    call.ring()
    heard = " ".join(what for who, what in call.transcript if who == "line")
    assert heard.startswith("Sorry, er ging iets mis.")
    assert call.dialled == ["+31715458501"]
    books(half.rings("katwijk"))
    assert len(booked(half.worlds["katwijk"])) == 1
    reasons = {"leiderdorp": "the database does not answer", "katwijk": None}
    told = {"status": "partly ready", "municipalities": reasons}
    assert looks(half, "/ready") == (200, told)
    assert looks(half, "/leiderdorp/ready")[0] == 503
    half.worlds["leiderdorp"].database.close()


def test_a_book_that_hangs_keeps_nobody_else_from_booking(towns: Towns, published: Path) -> None:
    """Its server is frozen, and as many of its callers ring as a worker has threads."""
    with postgres.running() as server:
        name = server.create()
        publish_book(server.url(name), "leiderdorp", published / "municipalities")
        frozen = Database(server.url(name))
        frozen.hurry()
        half = on(towns, leiderdorp=frozen)
        calls = [half.rings("leiderdorp") for _ in range(THREADS)]
        other = half.rings("katwijk")
        threads = BoundedSemaphore(THREADS)
        for call in (*calls, other):
            call.post = within(threads, call.post)
        with server.frozen(), ThreadPoolExecutor(THREADS) as callers:
            pressing = [callers.submit(call.press, "1") for call in calls]
            books(other)
            for each in pressing:
                each.result()
            books(half.rings("katwijk"))
            assert looks(half, "/ready")[1]["status"] == "partly ready"
        apologies = [" ".join(what for _, what in call.transcript) for call in calls]
        assert all("Sorry, er ging iets mis." in heard for heard in apologies)
        frozen.close()
    assert len(booked(half.worlds["katwijk"])) == 2


def within(threads: BoundedSemaphore, post: Post) -> Post:
    """Posts to a worker that has so many threads."""

    def posting(path: str, form: Mapping[str, str]) -> Reply:
        with threads:
            return post(path, form)

    return posting


def test_all_that_are_away_are_not_ready(towns: Towns) -> None:
    """Then the installation can be taken out of service."""
    none = away(towns, *BOTH)
    code, told = looks(none, "/ready")
    assert (code, told["status"]) == (503, "not ready")
    for world in none.worlds.values():
        world.database.close()


def test_a_log_line_says_whose_it_is(towns: Towns, caplog: pytest.LogCaptureFixture) -> None:
    """Each line of a request has the name of its municipality, and no other has one."""
    caplog.handler.setFormatter(JSONLines())
    with caplog.at_level(logging.INFO):
        towns.rings("katwijk").hang_up()
        towns.rings("leiderdorp").hang_up()
    lines = [json.loads(line) for line in caplog.text.splitlines() if line.startswith("{")]
    assert {line["municipality"] for line in lines} == set(BOTH)
    assert MUNICIPALITY.get() == ""

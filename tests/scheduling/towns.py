"""Municipalities for the tests: Leiderdorp's file with something changed in it."""

import tomllib
from dataclasses import replace
from typing import Any

from scheduling.calendar import Calendar
from scheduling.municipality import Municipality
from scheduling.municipality_file import LEIDERDORP, MunicipalityFile

Table = dict[str, Any]


def table() -> Table:
    """Leiderdorp's file, for a test to change."""
    return tomllib.loads(LEIDERDORP.read_text(encoding="utf-8"))


def hours(opens: str, closes: str, rule: str = "FREQ=DAILY") -> Table:
    """Hours as the file writes them."""
    return {"rule": rule, "from": opens, "until": closes}


def roster(counters: str, opens: str, closes: str, rule: str = "FREQ=DAILY") -> Table:
    """A roster of some counters, as the file writes it."""
    return {"counters": counters.split(), **hours(opens, closes, rule)}


def closure(start: str, end: str) -> Table:
    """A closure, as the file writes it."""
    return {"name": {"nl": "dicht", "en": "closed"}, "from": start, "until": end}


def town(*rosters: Table, **changes: object) -> Calendar:
    """A town like Leiderdorp, with rosters of its own and settings changed."""
    changed = table() | changes
    if rosters:
        changed["rosters"] = list(rosters)
    return Calendar(Municipality.model_validate(changed))


def without_permits(file: MunicipalityFile) -> MunicipalityFile:
    """Leiderdorp's file, in which one service has gone and another has come."""
    renamed = LEIDERDORP.read_text(encoding="utf-8").replace("permit", "allowance")
    return replace(file, municipality=Municipality.model_validate(tomllib.loads(renamed)))


def keeping_back(*times: str) -> Table:
    """Leiderdorp's services, with other times kept back for births."""
    services: Table = table()["services"]
    services["birth"]["term"]["kept_back"] = list(times)
    return services

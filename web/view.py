"""What the templates of the agent's page show."""

from typing import Any

from scheduling import openings
from scheduling.holds import are_left
from scheduling.models import seconds
from scheduling.municipality_parts import Group
from scheduling.presence import present
from scheduling.tasks import listed, open_tasks
from web import words
from web.back_office import LANGUAGE, BackOffice
from web.pages import Page

_MOST_TASKS = 50
"""More on a page would make it slow for everybody; what is done makes room for the next."""


def whole(here: BackOffice, page: Page | None) -> dict[str, Any]:
    """Everything on the page."""
    municipality = here.calendar.municipality
    chosen = page if page and not page.done else None
    return {
        "groups": [
            (group.name[LANGUAGE], [(key, municipality.services[key]) for key in _all(here, group)])
            for group in municipality.groups
        ],
        "most_persons": max(each.persons for each in municipality.services.values()),
        "languages": municipality.languages,
        "handover_number": municipality.telephone.handover,
        "page": chosen,
        "times": _times(here, chosen) if chosen else [],
        "visited": chosen is not None
        and municipality.services[chosen.wish.service].visit is not None,
        **live(here, chosen),
    }


def live(here: BackOffice, page: Page | None = None) -> dict[str, Any]:
    """What changes by itself: who is in the flow, whom to ring back, what is held for a page."""
    now = here.clock()
    with here.database.read() as connection:
        tasks, taking = listed(connection, most=_MOST_TASKS), present(connection, now)
        tasks_open = open_tasks(connection)
        held = page is not None and are_left(connection, page.holder)
    return {
        "calls": here.live_calls(now),
        "tasks": tasks,
        "tasks_open": tasks_open,
        "taking": taking,
        "held": held,
        "now": now,
        "today": here.calendar.day_of(now),
        "calendar": here.calendar,
        "words": words,
    }


def _all(here: BackOffice, group: Group) -> list[str]:
    """The services of a group, each followed by the one that is done at home instead."""
    services = here.calendar.municipality
    return [
        key for service in group.services for key in (service, services.visit_for(service)) if key
    ]


def _times(here: BackOffice, page: Page) -> list[tuple[int, str]]:
    """The offered times: their name in the form, and how they are read."""
    travel = openings.travel(here.calendar, page.wish)
    today = here.calendar.day_of(here.clock())
    return [
        (seconds(each), words.time_in_words(each + travel, here.calendar, today))
        for each in page.offered
    ]

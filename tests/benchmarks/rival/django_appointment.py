# mypy: ignore-errors
"""django-appointment's half: runs in an environment of its own, prints one JSON document.

What was chosen, and why. Where there was a choice, the rival got the quicker one.

- Free times come straight from `get_available_slots_for_staff`, the function behind both of its
  views of free times, so without HTTP, form, session or JSON. It knows one staff member and one
  day; a visitor who takes any counter has to ask for each. Two ways to ask were tried and the
  better one counts: day by day over all staff, or (as its "next available" button does) the next
  free day of each staff member first.
- A booking is what its two POSTs do: the appointment request, then the client's details. The
  visitor is signed in already (an unknown one costs an account and a mailed code besides), has
  Django's in-process test client, loads no page and does not look for a free time first. The bare
  booking leaves out HTTP, session and mail too: its request form, then
  `create_and_save_appointment`. No visitor of its can book so, but ours is measured so as well.
- Its Config row exists, because without one it asks the database for it again and again.
- For the last place, eight visitors in eight processes see that it is free, wait for each other,
  and send their two POSTs. Appointments are counted in the database afterwards.
"""

import json
import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict
from functools import partial

from django.db import connections

from tests.benchmarks.rival import workload
from tests.benchmarks.rival.django_office import Office, found_office, signed_in
from tests.benchmarks.rival.workload import Place


def next_three(office: Office, taken: Iterable[Place]) -> dict[str, float]:
    """Return how long each way to find the next three free times takes on a filled book."""
    office.fill(taken)
    ways = {"day by day": office.three_day_by_day, "by next date": office.three_by_next_date}
    if len({tuple(way()) for way in ways.values()}) != 1:
        sys.exit("the two ways to ask found different times")
    return {name: workload.median_seconds(way, runs=3) for name, way in ways.items()}


def pace(office: Office, book: Callable[[Place], object]) -> float:
    """Return the bookings a second of one way, which are counted in the database too."""
    office.fill([])
    each_second, done = workload.per_second(book, workload.places(office.today))
    if office.booked() != done:
        sys.exit("a booking that was timed was not made")
    return each_second


def surplus(office: Office) -> int:
    """Return how many appointments were made beyond the one place of each round."""
    office.fill(workload.all_but_one(office.today))
    before = office.booked()
    connections.close_all()  # no connection may be shared with the claimants
    workload.all_at_once(partial(claim, office))
    return office.booked() - before - workload.ROUNDS


def claim(office: Office, wait_for_the_others: Callable[[], object]) -> None:
    """Want the last place of every round, at the same moment as the others."""
    client = signed_in()
    for place in workload.contested(office.today):
        seen = [slot.time() for slot in office.free(place.day, office.staff[place.counter])]
        if place.starts not in seen:
            sys.exit("the last place was not free")
        wait_for_the_others()
        office.book_by_posts(client, place)


def measure() -> workload.Figures:
    """Return all figures: the better way of each, and what every way did."""
    found_office()
    office = Office()
    full = next_three(office, workload.full_days(office.today))
    taken = next_three(office, workload.taken_at_random(office.today))
    posts = pace(office, partial(office.book_by_posts, signed_in()))
    bare = pace(office, office.book_straight)
    ways = {f"28 days full, {way}": n for way, n in full.items()}
    ways |= {f"96 % taken, {way}": n for way, n in taken.items()}
    best = min(full.values()), min(taken.values())
    return workload.Figures(*best, posts, bare, surplus(office), ways)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asdict(measure())))

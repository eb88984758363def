"""The agenda is what the municipality's own people see."""

from datetime import date, timedelta

from scheduling.agenda import Entry, agenda
from tests.conftest import TUESDAY
from tests.scheduling.door import PASSPORT, PERMIT, Door, at

WEDNESDAY = TUESDAY + timedelta(days=1)


def seen(door: Door, first: date, days: int | None) -> list[Entry]:
    """What the agenda shows."""
    with door.database.read() as connection:
        return agenda(connection, door.calendar, door.now, first, days)


def test_appointments_are_listed_by_time(door: Door) -> None:
    """Whoever booked first, the earliest visit is first."""
    for start in (at(12), at(11), at(11, day=WEDNESDAY)):
        door.confirm("anna", PERMIT, start)
    times = [entry.starts_at for entry in seen(door, TUESDAY, None)]
    assert times == [at(11), at(12), at(11, day=WEDNESDAY)]


def test_the_days_asked_for_are_local_days(door: Door) -> None:
    """One day has the visits of that day, from midnight to midnight in Leiderdorp."""
    for start in (at(16, 30), at(8, day=WEDNESDAY), at(19, 30, day=WEDNESDAY)):
        door.confirm("anna", PERMIT, start)
    assert len(seen(door, TUESDAY, 1)) == 1
    assert len(seen(door, WEDNESDAY, 1)) == 2
    assert len(seen(door, TUESDAY, 2)) == len(seen(door, TUESDAY, None)) == 3
    assert seen(door, WEDNESDAY + timedelta(days=1), None) == []


def test_times_are_local(door: Door) -> None:
    """Who reads the agenda reads the clock on the wall."""
    door.confirm("anna", PASSPORT, at(11))
    (entry,) = seen(door, TUESDAY, None)
    assert entry.starts_at.isoformat() == "2026-12-01T11:00:00+01:00"
    assert entry.ends_at.isoformat() == "2026-12-01T11:10:00+01:00"
    assert entry.counter is None


def test_what_is_being_offered_is_shown_as_held(door: Door) -> None:
    """A time that a caller is listening to is there, without a reference."""
    door.offer("anna", PERMIT)
    assert [(e.status, e.reference) for e in seen(door, TUESDAY, None)] == [("held", None)] * 3

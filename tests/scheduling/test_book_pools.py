"""A service that several pools can do takes the counters with the fewest other skills first."""

from datetime import timedelta

from scheduling.interval import Interval
from scheduling.openings import Wish
from tests.scheduling.door import EXTRACT, Door, at, starts

REMISSION = Wish("tax-remission")
ELEVEN = Interval(at(11), at(11, 10))


def test_an_extract_goes_to_the_tax_counter_first(door: Door) -> None:
    """Taxes has the fewest other skills, so passports keep their counters."""
    assert {each.pool for each in door.offer("anna", EXTRACT)} == {"taxes"}


def test_an_extract_goes_to_civil_affairs_when_the_tax_counter_is_taken(door: Door) -> None:
    """A visitor is not sent away while another pool can do it at that time."""
    door.books("bram", REMISSION)
    found = door.offer("anna", EXTRACT)
    assert starts(found) == [at(11, 0), at(11, 10), at(11, 20)]
    assert [each.pool for each in found] == ["civil-affairs", "civil-affairs", "taxes"]


def test_an_extract_finds_every_place_of_both_pools(door: Door) -> None:
    """At one time there is place for one extract at taxes and three at civil affairs."""
    assert door.fill(EXTRACT, within=ELEVEN) == 4
    assert door.openings(EXTRACT, within=ELEVEN) == []
    assert [entry.starts_at for entry in door.entries()] == [at(11)] * 4
    assert door.faults() == []


def test_a_full_pool_does_not_hide_the_free_times_of_another(door: Door) -> None:
    """However full taxes is, an extract is offered where civil affairs has time."""
    door.fill(REMISSION, within=Interval(at(8), at(8) + timedelta(days=3)))
    assert starts(door.offer("anna", EXTRACT)) == [at(11, 0), at(11, 10), at(11, 20)]


def test_other_services_never_use_the_counters_that_cannot_do_them(door: Door) -> None:
    """Tax remission is not offered at civil affairs, however full taxes is."""
    door.fill(EXTRACT, within=ELEVEN)
    assert starts(door.offer("anna", REMISSION)) == [at(11, 10), at(11, 30), at(11, 50)]

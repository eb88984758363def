"""How long a storm lasts, and how often what happens in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from tests.storm.plants import KILLS_TO_FIND
from tests.storm.weather import KILLS, usual

_CALLS_A_MINUTE = 1200
_CALLS_A_YEAR = 4000
"""More would find the book full: it is published for some weeks twice a year."""

_FEWEST_DAYS, _MOST_DAYS = 21, 49
_CALLS_A_DAY = 40


@dataclass(frozen=True)
class Plan:
    """A storm: until so many minutes or so many calls, whichever comes first.

    After that it goes on until all has happened that was to. `faults` is how often what happens,
    where that is not as usual; a storm of no `years` keeps to one day.
    """

    backend: str
    seed: int = 1
    minutes: float = 2
    calls: int = 1_000_000
    plant: str = ""
    workers: int = 3
    callers: int = 8
    longest_pause: float = 4
    aimed: float = 0.5
    faults: Mapping[str, int] = field(default_factory=dict)
    turns_clock: bool = True

    @classmethod
    def to_find(cls, plant: str, backend: str, seed: int = 1) -> "Plan":
        """A storm in which a planted bug is found: the kills that it needs, and no outage."""
        faults = dict.fromkeys(usual(0), 0) | {KILLS: KILLS_TO_FIND.get(plant, 0)}
        few = cls(backend, seed, minutes=1, calls=60, faults=faults, turns_clock=False)
        return replace(few, plant=plant, workers=4, aimed=1)

    @property
    def expected(self) -> int:
        """About how many calls there will be."""
        return min(self.calls, int(self.minutes * _CALLS_A_MINUTE))

    @property
    def wanted(self) -> dict[str, int]:
        """How often each fault happens."""
        return {**usual(self.expected), **self.faults}

    @property
    def years(self) -> int:
        """How many years go by."""
        return max(1, self.expected // _CALLS_A_YEAR) if self.turns_clock else 0

    @property
    def days(self) -> int:
        """How many days of the roster are published at a time."""
        wanted = self.expected // max(1, 2 * self.years) // _CALLS_A_DAY
        return min(max(wanted, _FEWEST_DAYS), _MOST_DAYS)

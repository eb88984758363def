"""When turns arrive, and what the times of their answers come to."""

import math
import random
from collections.abc import Sequence


def at_random(rate: float, seconds: float, chance: random.Random) -> list[float]:
    """The moments of so long a run at which turns arrive, in seconds from its beginning.

    People press keys independently of each other: a Poisson process, `rate` a second on average.
    """
    moments: list[float] = []
    at = chance.expovariate(rate)
    while at < seconds:
        moments.append(at)
        at += chance.expovariate(rate)
    return moments


def percentile(values: Sequence[float], percent: float) -> float:
    """The least of the values that so many percent of them do not exceed; raises ValueError."""
    if not values:
        raise ValueError("nothing was measured")
    return sorted(values)[max(0, math.ceil(len(values) * percent / 100) - 1)]

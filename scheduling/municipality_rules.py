"""What must hold between the parts of a municipality's file; each rule says what would be right."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, time, timedelta
from itertools import combinations, pairwise

from scheduling.calendar import days_between, hours_on
from scheduling.interval import Interval
from scheduling.municipality import Municipality
from scheduling.municipality_parts import Hours

Finding = tuple[tuple[str | int, ...], str]
"""Where in the file (the path of keys) and what is wrong there."""

_LOOKED_AT = timedelta(days=2 * 366)


def broken_rules(municipality: Municipality) -> list[Finding]:
    """Every rule between parts of the file that does not hold."""
    rules = (
        _services,
        _counters,
        _skills,
        _visits,
        _durations,
        _clock_times,
        _rosters,
        _telephone,
        _languages,
    )
    return [finding for rule in rules for finding in rule(municipality)]


def _known(names: Iterable[str]) -> str:
    return "known are: " + ", ".join(names)


def _services(m: Municipality) -> Iterator[Finding]:
    """Every service that a group or a pool names is one that exists."""
    for n, group in enumerate(m.groups):
        for i, service in enumerate(group.services):
            if service not in m.services:
                yield ("groups", n, "services", i), _unknown("group", group.key, service, m)
    for key, pool in m.pools.items():
        for i, service in enumerate(pool.services):
            if service not in m.services:
                yield ("pools", key, "services", i), _unknown("pool", key, service, m)


def _counters(m: Municipality) -> Iterator[Finding]:
    """Every pool that a counter names, and every counter that a roster names, exists."""
    for n, counter in enumerate(m.counters):
        if counter.pool not in m.pools:
            message = f"counter {counter.name!r} is in an unknown pool {counter.pool!r}; "
            yield ("counters", n, "pool"), message + _known(m.pools)
    counters = [counter.name for counter in m.counters]
    for n, roster in enumerate(m.rosters):
        for name in roster.counters:
            if name not in counters:
                message = f"the roster has an unknown counter {name!r}; "
                yield ("rosters", n, "counters"), message + _known(counters)


def _unknown(kind: str, key: str, service: str, m: Municipality) -> str:
    return f"{kind} {key!r} has an unknown service {service!r}; {_known(m.services)}"


def _skills(m: Municipality) -> Iterator[Finding]:
    """Every service is in one group and some staffed pool; names are used once.

    A visit at home is in no group: callers come to it from the service that it is instead of.
    """
    grouped = [service for group in m.groups for service in group.services]
    for service, of in m.services.items():
        wanted = 0 if of.visit else 1
        if grouped.count(service) != wanted:
            right = "take it out: callers reach it from the other" if of.visit else "name it in one"
            message = f"is in {grouped.count(service)} groups; {right}"
            yield ("services", service), f"services.{service}: {message}"
        if not any(counter.pool in m.pools_of(service) for counter in m.counters):
            message = "no counter can do it; name it in the pool of a counter"
            yield ("services", service), f"services.{service}: {message}"
    for kind, names in (
        ("groups", [group.key for group in m.groups]),
        ("counters", [counter.name for counter in m.counters]),
    ):
        for n, name in enumerate(names):
            if name in names[:n]:
                yield (kind, n), f"{kind}: {name!r} stands here a second time; give it another name"


def _visits(m: Municipality) -> Iterator[Finding]:
    """A visit at home is instead of something that callers can choose, for several persons.

    The question for how many is where they hear of it.
    """
    for key, service in m.services.items():
        if service.visit:
            other = m.services.get(service.visit.instead)
            where = ("services", key, "visit", "instead")
            if other is None:
                yield where, f"services.{key}.visit.instead: unknown service; {_known(m.services)}"
            elif other.persons == 1 or other.visit:
                message = "callers are asked for how many persons there; name one where they are"
                yield where, f"services.{key}.visit.instead: {message}"
            if not m.postcodes:
                message = "is empty, though there are visits at home; write those of the town"
                yield ("postcodes",), f"postcodes: {message}"


def _durations(m: Municipality) -> Iterator[Finding]:
    """Every duration lies on the grid."""
    step = m.grid_minutes
    for key, service in m.services.items():
        for field in ("minutes", "minutes_each_further_person"):
            value = getattr(service, field)
            if value % step:
                below, above = value - value % step, value - value % step + step
                right = f"{below} or {above}" if below else f"{above}"
                message = f"{value} is off the grid of {step} minutes; write {right}"
                yield ("services", key, field), f"services.{key}.{field}: {message}"
        if service.persons > 1 and not service.minutes_each_further_person:
            message = "is missing, though several persons may come; write the minutes of each"
            yield ("services", key), f"services.{key}.minutes_each_further_person: {message}"
        way = service.visit.travel_minutes if service.visit else 0
        if 2 * way % step:
            on_it = [n for n in range(way + step) if not 2 * n % step]
            nearest = " or ".join(map(str, sorted(on_it, key=lambda n: abs(n - way))[:2]))
            message = f"{way} there and {way} back is off the grid of {step} minutes"
            where = ("services", key, "visit", "travel_minutes")
            yield where, f"{'.'.join(where)}: {message}; write {nearest}"


def _clock_times(m: Municipality) -> Iterator[Finding]:
    """Every clock time at which something begins or ends lies on the grid."""
    times: list[tuple[tuple[str | int, ...], time]] = []
    for key, service in m.services.items():
        kept = service.term.kept_back if service.term else ()
        times += [(("services", key, "term", "kept_back", n), at) for n, at in enumerate(kept)]
    for n, roster in enumerate(m.rosters):
        times += [(("rosters", n, "from"), roster.opens), (("rosters", n, "until"), roster.closes)]
    for where, at in times:
        if at.minute % m.grid_minutes:
            message = f"{at:%H:%M} is off the grid of {m.grid_minutes} minutes; write a time on it"
            yield where, f"{'.'.join(map(str, where))}: {message}"


def _rosters(m: Municipality) -> Iterator[Finding]:
    """No counter is staffed twice at one time."""
    for later, earlier in combinations(range(len(m.rosters))[::-1], 2):
        one, two = m.rosters[later], m.rosters[earlier]
        shared = set(one.counters) & set(two.counters)
        clash = _overlap(m, one, two) if shared else None
        if clash:
            names = "counter " + ", ".join(sorted(shared))
            yield ("rosters", later), _overlaps(f"rosters: {names} has", clash, earlier)


def _telephone(m: Municipality) -> Iterator[Finding]:
    """The telephone's hours do not overlap."""
    hours = m.telephone.hours
    for later, earlier in combinations(range(len(hours))[::-1], 2):
        if clash := _overlap(m, hours[later], hours[earlier]):
            where = ("telephone", "hours", later)
            yield where, _overlaps("telephone.hours: this entry has", clash, earlier)


def _overlaps(what: str, clash: date, earlier: int) -> str:
    entry = f"entry number {earlier + 1}"
    return f"{what} overlapping hours on {clash} with {entry}; let one end where the other begins"


def _overlap(m: Municipality, one: Hours, two: Hours) -> date | None:
    """The first day, in the two years after the later beginning, on which the two overlap."""
    first = max(one.starting, two.starting)
    both = days_between(one, first, _LOOKED_AT) & days_between(two, first, _LOOKED_AT)
    return next((day for day in sorted(both) if _clash(hours_on([one, two], day, m.zone))), None)


def _clash(stretches: list[Interval]) -> bool:
    ordered = sorted(stretches)
    return any(a.overlaps(b) for a, b in pairwise(ordered))


def _languages(m: Municipality) -> Iterator[Finding]:
    """Everything that is said is there in every language of the line."""
    said: list[tuple[tuple[str | int, ...], Mapping[str, str]]] = [
        (("name",), m.name),
        (("website",), m.website),
        (("web_address",), m.web_address),
        (("place",), m.place),
        (("voices",), m.voices),
        (("telephone", "hours_in_words"), m.telephone.hours_in_words),
    ]
    said += [(("groups", n, "name"), group.name) for n, group in enumerate(m.groups)]
    said += [(("holidays", n, "name"), holiday.name) for n, holiday in enumerate(m.holidays)]
    said += [(("closures", n, "name"), closure.name) for n, closure in enumerate(m.closures)]
    for key, service in m.services.items():
        said += [(("services", key, "name"), service.name)]
        said += [(("services", key, "bring"), service.bring)]
    for where, words in said:
        for language in m.languages:
            if language not in words:
                path = ".".join(map(str, where))
                yield where, f"{path}: nothing is written in {language!r}; add {path}.{language}"

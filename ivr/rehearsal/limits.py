"""The limits of what may be asked of a caller, and where they are passed."""

from collections.abc import Iterator, Mapping, Sequence

from ivr.rehearsal.figures import Extreme, Figures
from scheduling.municipality import Municipality

MOST_PRESSES = 5
"""To a visit that is booked: group, service, persons, time, yes; one more for another language."""

MOST_MENUS = 2
"""Between the greeting and the choice of any service."""

FIRST_OPTION = 6.0
"""Seconds of speech until the first thing that can be chosen."""

ANYWHERE = {"longest_turn": 25.0, "options": 5, "times": 3}
"""Seconds of speech of a turn that waits for a key; things in a menu; times in a menu."""

NAMES = {
    "longest_turn": "seconds of speech before a key is awaited",
    "options": "options in a menu",
    "times": "times in a menu",
}


def passed(
    municipality: Municipality, ways: Sequence[Figures], anywhere: Mapping[str, Extreme]
) -> tuple[str, ...]:
    """Each limit that is passed, in a sentence that says where."""
    found = [*_without_way(municipality, ways), *_on_the_way(municipality, ways)]
    found += [
        f"{most.step} ({most.language}): {most.figure:g} {NAMES[name]}, at most {ANYWHERE[name]:g}"
        for name, most in anywhere.items()
        if most.figure > ANYWHERE[name]
    ]
    return tuple(dict.fromkeys(found))


def _without_way(municipality: Municipality, ways: Sequence[Figures]) -> Iterator[str]:
    booked = {(way.service, way.language) for way in ways}
    for language in municipality.languages:
        for service in municipality.services:
            if (service, language) not in booked:
                yield f"{service} ({language}): no way leads to a booking"


def _on_the_way(municipality: Municipality, ways: Sequence[Figures]) -> Iterator[str]:
    for way in ways:
        where = f"{way.service} ({way.language})"
        keys = MOST_PRESSES + (way.language != municipality.languages[0])
        if way.presses > keys and not municipality.services[way.service].visit:
            yield f"{where}: {way.presses} presses, at most {keys}"
        if way.menus > MOST_MENUS:
            yield f"{where}: {way.menus} menus after the greeting, at most {MOST_MENUS}"
        if way.first_option > FIRST_OPTION:
            until = f"{way.first_option:g} seconds until the first option"
            yield f"the greeting ({way.language}): {until}, at most {FIRST_OPTION:g}"

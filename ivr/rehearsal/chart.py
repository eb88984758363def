"""The chart of the whole dialogue, drawn from the calls that are played."""

from collections.abc import Mapping
from datetime import datetime

from ivr.booking import Booked
from ivr.dialogue import Answer
from ivr.rehearsal.arrows import routes
from ivr.rehearsal.columns import columns
from ivr.rehearsal.lettering import wrapped
from ivr.rehearsal.placing import BOX, LINE, TEXT, Places, place
from ivr.rehearsal.printed import Printed
from ivr.rehearsal.situations import Situation, usual
from ivr.rehearsal.sketch import Sketch, sketch
from ivr.rehearsal.stage import Stage, stage
from ivr.rehearsal.svg import Sheet
from ivr.rehearsal.walk import walks
from scheduling.calendar import Calendar

_LONGEST_SPINE = 9


def chart(calendar: Calendar, now: datetime, language: str) -> str:
    """An SVG; raises NeverOpen, NothingToBook, NoExample and NoWords."""
    with stage(calendar, now) as played:
        printed = Printed(played.speaker, language)
        found = walks(played, now, [language], each_service=False)
        drawn = sketch(found, printed, _spine(played, usual(calendar, now)))
    places = arranged(drawn, printed)
    name = calendar.municipality.name[language]
    numbers = {name: each.number for name, each in places.boxes.items()}
    return Sheet(places, routes(places)).write(
        printed.word("heading", municipality=name),
        printed.word("subheading"),
        printed.word("description", boxes=len(drawn.boxes)),
        _legend(drawn, printed, numbers),
    )


def _spine(played: Stage, situation: Situation) -> tuple[str, ...]:
    """The steps on the way to the first service of the file: to book it, all keys are 1."""
    with played.call(situation) as performance:
        names = [type(performance.call.path[-1]).__name__]
        while names[-1] != Booked.__name__ and len(names) <= _LONGEST_SPINE:
            names.append(type(performance.hear((Answer("1"),)).path[-1]).__name__)
    return tuple(dict.fromkeys(names))


def arranged(drawn: Sketch, printed: Printed) -> Places:
    """Where everything stands on the sheet."""
    legend = _legend(drawn, printed, dict.fromkeys(drawn.boxes, 88))
    return place(columns(drawn), (len(legend) + 2) * LINE)


def _legend(drawn: Sketch, printed: Printed, numbers: Mapping[str, int]) -> list[str]:
    """What holds for every step, said once; the first line is its title."""
    steps = {
        name: numbers[drawn.everywhere["0", is_open]]
        for name, is_open in (("open", True), ("closed", False))
    }
    lines = [
        f"0: {printed.word('legend_employee', **steps)}",
        f"*, ←: {printed.word('legend_back')}",
        f"#: {printed.word('legend_again')}",
        printed.word("legend_missed"),
        f"→ 7: {printed.word('legend_number')}",
        printed.word("legend_marks"),
    ]
    return [printed.word("legend"), *(each for line in lines for each in wrapped(line, TEXT, BOX))]

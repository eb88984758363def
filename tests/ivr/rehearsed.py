"""The dialogue as it is walked and drawn, once for all tests of a process."""

from dataclasses import dataclass
from functools import cache
from xml.etree import ElementTree as ET

from ivr.rehearsal.chart import chart
from ivr.rehearsal.props import Props
from ivr.rehearsal.report import Report, report
from ivr.rehearsal.stage import stage
from ivr.rehearsal.walk import Passage, Walk, walks
from scheduling.calendar import Calendar
from scheduling.municipality_file import LEIDERDORP, read
from tests.conftest import TEN_O_CLOCK

SVG = "{http://www.w3.org/2000/svg}"


@cache
def the_calendar() -> Calendar:
    """Leiderdorp's."""
    return Calendar(read(LEIDERDORP).municipality)


@cache
def the_report() -> Report:
    """The report of ten in the morning."""
    return report(the_calendar(), TEN_O_CLOCK)


@cache
def the_chart() -> str:
    """The chart in Dutch."""
    return chart(the_calendar(), TEN_O_CLOCK, "nl")


@cache
def the_walks() -> tuple[Props, list[Walk]]:
    """The dialogue in Dutch, in all circumstances, and what callers had at hand."""
    with stage(the_calendar(), TEN_O_CLOCK) as played:
        return played.at_hand, walks(played, TEN_O_CLOCK, ["nl"], each_service=False)


def the_passages() -> list[Passage]:
    """Every passage of it."""
    return [passage for each in the_walks()[1] for passage in each.passages]


@dataclass(frozen=True)
class Edge:
    """A reply at a step of the chart, and the step to which it leads; empty for the one before."""

    source: str
    reply: str
    target: str


def drawn_edges() -> set[Edge]:
    """What stands in the rows of the chart."""
    return {
        Edge(row.attrib["data-source"], reply, row.attrib["data-target"])
        for row in ET.fromstring(the_chart()).iter(f"{SVG}g")  # noqa: S314  our own
        if row.get("class") == "row"
        for reply in row.attrib["data-replies"].split()
    }


def drawn_steps() -> set[str]:
    """The steps that have a box."""
    root = ET.fromstring(the_chart())  # noqa: S314  our own
    return {name for each in root.iter(f"{SVG}g") if (name := each.get("data-step"))}

"""The chart can hang on a wall: nothing runs over anything else, and it says what it is."""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest

from ivr.rehearsal.chart import chart
from ivr.rehearsal.lettering import width, wrapped
from ivr.rehearsal.placing import TEXT, TITLE
from tests.conftest import TEN_O_CLOCK
from tests.ivr.rehearsed import SVG, the_calendar, the_chart


@dataclass(frozen=True)
class Area:
    """A rectangle on the sheet."""

    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: "Area") -> bool:
        """Whether they have more than an edge in common."""
        across = self.left < other.right and other.left < self.right
        return across and self.top < other.bottom and other.top < self.bottom


@pytest.fixture(scope="module")
def root() -> ET.Element:
    """The chart, parsed."""
    return ET.fromstring(the_chart())  # noqa: S314  our own


def area(rect: ET.Element) -> Area:
    """Where a rectangle is."""
    x, y, wide, high = (float(rect.attrib[name]) for name in ("x", "y", "width", "height"))
    return Area(x, y, x + wide, y + high)


def boxes(root: ET.Element) -> list[Area]:
    """Where the boxes and the legend are."""
    kinds = ("box", "legend")
    return [
        area(each) for each in root.iter(f"{SVG}rect") if each.attrib["class"].split()[0] in kinds
    ]


def segments(root: ET.Element) -> Iterator[tuple[str, Area]]:
    """Every straight piece of an arrow, by the step to which it leads."""
    for line in root.iter(f"{SVG}g"):
        for path in line.findall(f"{SVG}path") if line.get("class") == "line" else ():
            found = re.fullmatch(r"M(\S+),(\S+) H(\S+) V(\S+) H(\S+)", path.attrib["d"])
            assert found
            x1, y1, x2, y2, x3 = map(float, found.groups())
            for a, b in (((x1, y1), (x2, y1)), ((x2, y1), (x2, y2)), ((x2, y2), (x3, y2))):
                (left, right), (top, bottom) = sorted((a[0], b[0])), sorted((a[1], b[1]))
                yield line.attrib["data-target"], Area(left, top, right, bottom)


def texts(root: ET.Element) -> Iterator[tuple[str, Area]]:
    """Every text of the boxes, as much room as it takes."""
    for step in root.iter(f"{SVG}g"):
        for text in step.iter(f"{SVG}text") if step.get("class") == "step" else ():
            kind, words = text.attrib["class"], text.text or ""
            size = TITLE if kind == "title" else TEXT
            room = width(words, size, bold=kind in {"title", "key"})
            x, y = float(text.attrib["x"]), float(text.attrib["y"])
            left = x - room / 2 if kind.split()[0] in {"key", "number"} else x
            yield words, Area(left, y - size * 0.75, left + room, y)


def test_no_boxes_overlap(root: ET.Element) -> None:
    """Also the legend has a place of its own."""
    for one, other in itertools.combinations(boxes(root), 2):
        assert not one.overlaps(other), (one, other)


def test_no_texts_overlap(root: ET.Element) -> None:
    """Every label can be read."""
    for (one, here), (other, there) in itertools.combinations(texts(root), 2):
        assert not here.overlaps(there), (one, other)


def test_no_arrow_runs_through_a_box(root: ET.Element) -> None:
    """Arrows pass between boxes."""
    for target, piece in segments(root):
        thick = Area(piece.left + 1, piece.top - 1, piece.right - 1, piece.bottom + 1)
        assert [box for box in boxes(root) if thick.overlaps(box)] == [], target


def test_arrows_to_two_steps_only_cross(root: ET.Element) -> None:
    """Where two lines lie on each other, nobody can tell them apart."""
    for (one, here), (other, there) in itertools.combinations(segments(root), 2):
        if one == other:
            continue
        lying = here.top == here.bottom == there.top == there.bottom
        standing = here.left == here.right == there.left == there.right
        if lying:
            assert here.right <= there.left or there.right <= here.left, (one, other)
        if standing:
            assert here.bottom < there.top or there.bottom < here.top, (one, other)


def test_everything_is_on_the_sheet(root: ET.Element) -> None:
    """The sheet is A3 or A4 on its side, and nothing is cut off."""
    left, top, wide, high = map(float, root.attrib["viewBox"].split())
    assert wide / high == pytest.approx(420 / 297, rel=0.01)
    for box in boxes(root):
        assert left < box.left < box.right < left + wide
        assert top < box.top < box.bottom < top + high


def test_it_says_what_it_is(root: ET.Element) -> None:
    """Who hears the page instead of seeing it knows what stands there."""
    title, description = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None
    assert description is not None
    assert "gemeente Leiderdorp" in (title.text or "")
    assert "Stroomschema" in (description.text or "")
    assert root.attrib["aria-labelledby"].split() == [title.get("id"), description.get("id")]


def test_it_is_the_same_whenever_it_is_drawn() -> None:
    """A chart that is drawn again shows what has changed in the dialogue, and nothing else."""
    saturday_in_march = TEN_O_CLOCK + timedelta(days=95, hours=7)
    assert chart(the_calendar(), saturday_in_march, "nl") == the_chart()


def test_a_word_that_is_too_long_has_a_line_of_its_own() -> None:
    """Texts break between words only."""
    assert wrapped("een afsprakenlijnmedewerker komt", 10, 60) == [
        "een",
        "afsprakenlijnmedewerker",
        "komt",
    ]

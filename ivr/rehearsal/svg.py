"""Writes the chart as SVG, for a sheet of A3 or A4 on its side."""

from collections.abc import Sequence
from xml.etree import ElementTree as ET

from ivr.rehearsal.arrows import Line, Routes, drawn
from ivr.rehearsal.placing import (
    BOX,
    LINE,
    MARGIN,
    NUMBER,
    TEXT,
    TITLE,
    Placed,
    Places,
    Port,
    cap,
    keys,
)

_SHEET = (420, 297)
"""A3 on its side, in millimetres; A4 has the same shape."""

_EDGE = 24.0
_INKS = ("#1f5fa8", "#a3421f", "#2f7d4f", "#7a3e9d", "#946200", "#0d7b83", "#b02a5b", "#4a5568")
_STYLE = f"""
text {{ font-family: Helvetica, Arial, "Liberation Sans", sans-serif; font-size: {TEXT}px;
  fill: #1a1a1a; }}
.heading {{ font-size: 24px; font-weight: bold; }}
.subheading {{ font-size: 12px; fill: #444; }}
.title {{ font-size: {TITLE}px; font-weight: bold; }}
.opening {{ font-style: italic; fill: #444; }}
.key, .number {{ font-weight: bold; text-anchor: middle; }}
.light {{ fill: #fff; }}
.box {{ fill: #fff; stroke: #333; stroke-width: 1; }}
.end {{ fill: #ececec; stroke-width: 2.5; }}
.shared {{ fill: #fff4d6; stroke-width: 2; }}
.cap {{ fill: #fff; stroke: #333; stroke-width: .8; }}
.legend {{ fill: none; stroke: #999; stroke-width: .8; stroke-dasharray: 3 2; }}
.rule {{ stroke: #ccc; stroke-width: .6; }}
.badge {{ fill: #333; }}
.jump {{ fill: #fff; stroke: #333; stroke-width: .8; }}
.arrow {{ fill: none; stroke-width: 1.4; stroke-linejoin: round; }}
.stub {{ fill: none; stroke: #333; stroke-width: 1; }}
"""


class Sheet:
    """The drawing, as it grows."""

    def __init__(self, places: Places, routes: Routes) -> None:
        self.places = places
        self.routes = routes
        self.root = ET.Element("svg", {"xmlns": "http://www.w3.org/2000/svg", "role": "img"})

    def write(self, heading: str, subheading: str, description: str, legend: Sequence[str]) -> str:
        """The whole document."""
        self._begin(heading, description)
        self._text(heading, 0, 8, "heading")
        self._text(subheading, 0, 28, "subheading")
        self._legend(legend)
        for line in self.routes.lines:
            self._line(line)
        for name, placed in self.places.boxes.items():
            self._box(name, placed)
        ET.indent(self.root)
        return ET.tostring(self.root, encoding="unicode") + "\n"

    def _begin(self, heading: str, description: str) -> None:
        wide = self.routes.left[-1] + 2 * _EDGE
        high = max(each.bottom for each in self.places.boxes.values()) + 3 * _EDGE
        ratio = _SHEET[0] / _SHEET[1]
        across, down = max(wide, high * ratio), max(high, wide / ratio)
        box = f"{-_EDGE} {-_EDGE} {across:.0f} {down:.0f}"
        size = {"width": f"{_SHEET[0]}mm", "height": f"{_SHEET[1]}mm", "viewBox": box}
        self.root.attrib |= size | {"aria-labelledby": "title desc"}
        for tag, words in {"title": heading, "desc": description}.items():
            ET.SubElement(self.root, tag, {"id": tag}).text = words
        ET.SubElement(self.root, "style").text = _STYLE
        definitions = ET.SubElement(self.root, "defs")
        for ink in ("#333", *_INKS):
            marker = {"id": f"head{_INKS.index(ink) if ink in _INKS else ''}", "orient": "auto"}
            marker |= {"viewBox": "0 0 8 8", "refX": "7", "refY": "4"}
            marker |= {"markerWidth": "8", "markerHeight": "8", "markerUnits": "userSpaceOnUse"}
            head = ET.SubElement(definitions, "marker", marker)
            ET.SubElement(head, "path", {"d": "M0,0 L8,4 L0,8 z", "fill": ink})

    def _legend(self, lines: Sequence[str]) -> None:
        first = self.places.boxes[self.places.columns.sketch.spine[0]]
        top = first.bottom + 3 * LINE
        high = (len(lines) + 1) * LINE
        self._rectangle(self.root, "legend", -MARGIN, top - 1.5 * LINE, BOX + 2 * MARGIN, high)
        for n, words in enumerate(lines):
            self._text(words, 0, top + n * LINE, "title" if n == 0 else "label")

    def _line(self, line: Line) -> None:
        """One line with all its branches; the arrowhead is where it arrives."""
        n = self.places.boxes[line.target].number % len(_INKS)
        right = self.routes.left[line.gap] + BOX
        track = self.routes.track(line)
        to = self.routes.left[line.gap + 1] + (0 if line.arrives else BOX)
        group = ET.SubElement(self.root, "g", {"class": "line", "data-target": line.target})
        for y in line.comes:
            path = f"M{right:g},{y:g} H{track:g} V{line.goes:g} H{to:g}"
            attributes = {"class": "arrow", "d": path, "stroke": _INKS[n]}
            if line.arrives:
                attributes["marker-end"] = f"url(#head{n})"
            ET.SubElement(group, "path", attributes)

    def _box(self, name: str, placed: Placed) -> None:
        left, box = self.routes.left[placed.column], placed.drawn.box
        group = ET.SubElement(self.root, "g", {"class": "step", "data-step": name})
        kind = "box end" if box.ends else "box shared" if box.is_shared else "box"
        self._rectangle(group, kind, left, placed.top, BOX, placed.drawn.height)
        self._badge(group, placed.number, left + MARGIN + 7, placed.top + LINE - 1)
        lines = [(each, "title") for each in placed.drawn.title]
        lines += [(each, "opening") for each in placed.drawn.opening]
        for n, (words, kind) in enumerate(lines):
            indent = NUMBER if kind == "title" else 0
            at = placed.top + (n + 1) * LINE + 2
            self._text(words, left + MARGIN + indent, at, kind, group)
        own = set(drawn(self.places, name))
        for port in placed.drawn.ports:
            self._row(group, name, placed, port, has_arrow=port in own)

    def _row(
        self, group: ET.Element, name: str, placed: Placed, port: Port, *, has_arrow: bool
    ) -> None:
        left = self.routes.left[placed.column]
        top, y = placed.top + port.top, placed.top + port.leaves
        told = {"data-source": name, "data-target": port.row.target}
        told |= {"class": "row", "data-replies": " ".join(port.row.replies)}
        row = ET.SubElement(group, "g", told)
        ruler = {"class": "rule", "d": f"M{left + MARGIN:g},{top:g} H{left + BOX - MARGIN:g}"}
        ET.SubElement(row, "path", ruler)
        for n, words in enumerate(port.lines):
            self._text(words, left + MARGIN, top + (n + 1) * LINE - 3, "label", row)
        if port.row.keys:
            wide = cap(port.row)
            self._rectangle(row, "cap", left + BOX - wide - 3, top + 0.5, wide, LINE - 1)
            self._text(keys(port.row), left + BOX - wide / 2 - 3, y + 3, "key", row)
        if not has_arrow:
            self._jump(row, port, left + BOX, y)

    def _jump(self, row: ET.Element, port: Port, x: float, y: float) -> None:
        """A short arrow to the number of a step that is elsewhere."""
        path = {"class": "stub", "d": f"M{x:g},{y:g} h12", "marker-end": "url(#head)"}
        ET.SubElement(row, "path", path)
        boxes = self.places.boxes
        number = str(boxes[port.row.target].number) if port.row.target else "←"
        self._rectangle(row, "jump", x + 13, y - 5.5, 17, 11, "5.5")
        self._text(number, x + 21.5, y + 3, "number", row)

    def _badge(self, group: ET.Element, number: int, x: float, y: float) -> None:
        self._rectangle(group, "badge", x - 8, y - 6, 16, 12, "6")
        self._text(str(number), x, y + 3.2, "number light", group)

    def _rectangle(  # noqa: PLR0913, PLR0917  what a rectangle is made of
        self,
        group: ET.Element,
        kind: str,
        x: float,
        y: float,
        width: float,
        height: float,
        round_: str = "2",
    ) -> None:
        numbers = {"x": x, "y": y, "width": width, "height": height}
        shape = {name: f"{each:g}" for name, each in numbers.items()}
        ET.SubElement(group, "rect", shape | {"class": kind, "rx": round_})

    def _text(
        self, words: str, x: float, y: float, kind: str, group: ET.Element | None = None
    ) -> None:
        inside = self.root if group is None else group
        at = {"class": kind, "x": f"{x:g}", "y": f"{y:g}"}
        ET.SubElement(inside, "text", at).text = words

"""The zones of a system as a drawing: who may call it, whom it may call, what stays closed."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from sen.reports.typography import Pen
from stacks.models.network import Opening
from stacks.models.tenant import TenantRequest

WIDTH, ROW, BOX, GAP = 760, 76, 56, 34
LEFT, MIDDLE, RIGHT = (4, 176), (258, 244), (580, 176)  # x and width of the three columns
INK, GREY, PALE = "#1a1a1a", "#5f6b76", "#eef3f8"
FONT = "Liberation Sans, Arial, Noto Sans, DejaVu Sans, sans-serif"


@dataclass
class Canvas:
    """An SVG under way."""

    root: ET.Element

    def box(self, at: tuple[float, float, float, float], fill: str, *, dashed: bool) -> None:
        x, y, width, height = at
        line = {"stroke": GREY if dashed else INK, "stroke-width": "1.4", "fill": fill}
        style = {"stroke-dasharray": "7 4"} if dashed else {}
        shape = {"x": x, "y": y, "width": width, "height": height, "rx": 5}
        ET.SubElement(self.root, "rect", {k: str(v) for k, v in shape.items()} | line | style)

    def text(self, at: tuple[float, float], lines: Sequence[str], *, bold: bool = False) -> None:
        """Write lines around a middle point."""
        x, y = at
        top = y - (len(lines) - 1) * 8 + 4
        for place, line in enumerate(lines):
            style = {"font-weight": "bold"} if bold and place == 0 else {}
            spot = {"x": f"{x:g}", "y": f"{top + place * 16:g}", "text-anchor": "middle"}
            ET.SubElement(self.root, "text", spot | style).text = line

    def arrow(self, start: tuple[float, float], end: tuple[float, float], label: str) -> None:
        (x1, y1), (x2, y2) = start, end
        ends = {"x1": x1, "y1": y1, "x2": x2, "y2": y2}
        line = {"stroke": INK, "stroke-width": "1.6", "marker-end": "url(#tip)"}
        ET.SubElement(self.root, "line", {k: f"{v:g}" for k, v in ends.items()} | line)
        over, _, under = label.partition(" ")
        for part, away in ((over, -10), (under, 11)):
            self.text(((x1 + x2) / 2, (y1 + y2) / 2 + away), [part] if part else [])


def zones(requests: Sequence[TenantRequest], pen: Pen) -> str:
    """Draw every environment of a system, one under the other; give the SVG as text."""
    heights = [_height(each) for each in requests]
    total = sum(heights) + 40
    canvas = Canvas(_root(total))
    top = 0.0
    for request, height in zip(requests, heights, strict=True):
        _environment(canvas, request, top, height, pen)
        top += height
    _legend(canvas, total - 22, pen)
    return ET.tostring(canvas.root, encoding="unicode")


def _root(height: float) -> ET.Element:
    size = {"width": str(WIDTH), "height": f"{height:g}", "viewBox": f"0 0 {WIDTH} {height:g}"}
    style = {"font-family": FONT, "font-size": "12.5", "fill": INK}
    root = ET.Element("svg", {"xmlns": "http://www.w3.org/2000/svg"} | size | style)
    shape = {"id": "tip", "viewBox": "0 0 10 10", "refX": "9", "refY": "5"}
    turn = {"markerWidth": "7", "markerHeight": "7", "orient": "auto"}
    marker = ET.SubElement(ET.SubElement(root, "defs"), "marker", shape | turn)
    ET.SubElement(marker, "path", {"d": "M0 0 L10 5 L0 10 z", "fill": INK})
    return root


def _height(request: TenantRequest) -> float:
    rows = max(len(request.network.ingress), len(request.network.egress), 2)
    return BOX + GAP + 30 + rows * ROW + GAP + BOX + 24


def _environment(
    canvas: Canvas, request: TenantRequest, top: float, height: float, pen: Pen
) -> None:
    x, width = MIDDLE
    centre = x + width / 2
    inner_top, inner_bottom = top + BOX + GAP, top + height - BOX - GAP - 14
    _admins(canvas, request, (centre, top), pen)
    canvas.arrow((centre, top + BOX + 6), (centre, inner_top - 2), "")
    canvas.text((centre + 106, inner_top - GAP / 2 - 1), [pen("diagram-api")])
    canvas.box((x, inner_top, width, inner_bottom - inner_top), PALE, dashed=True)
    canvas.text((centre, inner_top + 16), [pen("diagram-closed")])
    _system(canvas, request, (inner_top + 30, inner_bottom - 12), pen)
    _side(canvas, request.network.ingress, (inner_top, inner_bottom), pen, inward=True)
    _side(canvas, request.network.egress, (inner_top, inner_bottom), pen, inward=False)
    canvas.arrow((centre, inner_bottom), (centre, inner_bottom + GAP - 2), "")
    canvas.text((centre + 70, inner_bottom + GAP / 2 + 1), ["UDP, TCP 53"])
    canvas.box((x, inner_bottom + GAP, width, BOX - 8), "#ffffff", dashed=False)
    lines = [pen("diagram-platform"), pen("diagram-dns")]
    canvas.text((centre, inner_bottom + GAP + (BOX - 8) / 2), lines, bold=True)


def _admins(canvas: Canvas, request: TenantRequest, at: tuple[float, float], pen: Pen) -> None:
    x, width = MIDDLE
    centre, top = at
    canvas.box((x, top + 6, width, BOX), "#ffffff", dashed=False)
    groups = pen("diagram-admins", groups=", ".join(request.groups.admins))
    canvas.text((centre, top + 6 + BOX / 2), _wrapped(groups, 38, 3))


def _system(canvas: Canvas, request: TenantRequest, span: tuple[float, float], pen: Pen) -> None:
    x, width = MIDDLE
    top, bottom = span
    canvas.box((x + 14, top, width - 28, bottom - top), "#ffffff", dashed=False)
    name = pen.either(request.system.name.vi, request.system.name.en)
    lines = [
        *_wrapped(name, 34, 3),
        pen(f"stage-{request.stage.value}"),
        *_wrapped(request.name, 34, 2),
        "",
        *_wrapped(pen("diagram-within"), 34, 2),
    ]
    canvas.text((x + width / 2, (top + bottom) / 2), lines, bold=True)


def _side(
    canvas: Canvas,
    openings: Sequence[Opening],
    span: tuple[float, float],
    pen: Pen,
    *,
    inward: bool,
) -> None:
    """Put one box an opening into the left or right column, with its arrow."""
    x, width = LEFT if inward else RIGHT
    top, bottom = span
    step = (bottom - top) / max(len(openings), 1)
    title = pen("diagram-sources" if inward else "diagram-targets")
    canvas.text((x + width / 2, top + step / 2 - BOX / 2 - 14), [title], bold=True)
    left, right = (LEFT[0] + LEFT[1], MIDDLE[0]) if inward else (MIDDLE[0] + MIDDLE[1], RIGHT[0])
    for place, opening in enumerate(openings):
        y = top + step * (place + 0.5)
        canvas.box((x, y - BOX / 2, width, BOX), "#ffffff", dashed=False)
        canvas.text((x + width / 2, y), _wrapped(peer(opening, pen), 24, 3))
        canvas.arrow((left + 2, y), (right - 2, y), ports(opening))
    if not openings:
        canvas.box((x, (top + bottom) / 2 - BOX / 2, width, BOX), "#ffffff", dashed=True)
        canvas.text((x + width / 2, (top + bottom) / 2), [pen("diagram-nobody")])


def _legend(canvas: Canvas, y: float, pen: Pen) -> None:
    canvas.arrow((LEFT[0], y), (LEFT[0] + 50, y), "")
    _beside(canvas, LEFT[0] + 60, y, pen("diagram-legend-open"))
    canvas.box((MIDDLE[0], y - 8, 50, 16), PALE, dashed=True)
    _beside(canvas, MIDDLE[0] + 60, y, pen("diagram-legend-closed"))


def _beside(canvas: Canvas, x: float, y: float, text: str) -> None:
    ET.SubElement(canvas.root, "text", {"x": f"{x:g}", "y": f"{y + 4:g}"}).text = text


def peer(opening: Opening, pen: Pen) -> str:
    """Name the other side: a network, or a tenant by its full name."""
    if opening.cidr is not None:
        return pen("diagram-network", cidr=opening.cidr)
    return pen("environment") + " " + str(opening.tenant)


def ports(opening: Opening) -> str:
    return f"{opening.protocol.value} {', '.join(map(str, opening.ports))}"


def _wrapped(text: str, width: int, most: int) -> list[str]:
    """Break text into lines; what is too long ends in an ellipsis."""
    lines: Iterable[str] = textwrap.wrap(text, width, max_lines=most, placeholder=" …")
    return list(lines)

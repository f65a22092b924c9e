"""The few shapes that the pictures are made of, as SVG text; no script, no font, no link."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

INK, FAINT, FRAME, PAPER = "#1c2733", "#5b6875", "#c5ced8", "#ffffff"
WAVE, FROZEN, STRONG, WEAK = "#0b6e8f", "#e4d4c8", "#b3261e", "#6f6257"


def text(
    x: float, y: float, words: object, *, size: int = 13, fill: str = INK, anchor: str = "start"
) -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{fill}" text-anchor="{anchor}"'
    halo = f'paint-order="stroke" stroke="{PAPER}" stroke-width="3"'
    return f"<text {place} {halo}>{escape(str(words))}</text>"


def box(x: float, y: float, width: float, height: float, *, fill: str, about: str = "") -> str:
    """Give a rectangle; `about` is told when it is pointed at."""
    place = f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"'
    return f'<rect {place} rx="3" fill="{fill}"><title>{escape(about)}</title></rect>'


def dot(x: float, y: float, radius: float, *, fill: str, about: str) -> str:
    place = f'cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}"'
    return f'<circle {place} fill="{fill}"><title>{escape(about)}</title></circle>'


def curve(  # noqa: PLR0913 - two ends and a pen
    x1: float, y1: float, x2: float, y2: float, *, stroke: str, width: float, dashed: bool = False
) -> str:
    """Give a line that leaves and arrives level; between points of a column it bows out."""
    bow = (x2 - x1) / 2 if x2 - x1 > 1 else -40.0
    back = x2 - bow if bow > 0 else x2 + bow
    path = f"M{x1:.1f},{y1:.1f} C{x1 + bow:.1f},{y1:.1f} {back:.1f},{y2:.1f} {x2:.1f},{y2:.1f}"
    dash = ' stroke-dasharray="5 4"' if dashed else ""
    pen = f'fill="none" stroke="{stroke}" stroke-width="{width:.1f}" stroke-opacity="0.8"'
    return f'<path d="{path}" {pen}{dash}/>'


def drawing(width: float, height: float, title: str, shapes: Iterable[str]) -> str:
    """Give a whole SVG with a title that screen readers tell."""
    box_ = f'viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" height="{height:.0f}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {box_} role="img" font-family="sans-serif">'
    back = f'<rect width="100%" height="100%" fill="{PAPER}"/>'
    return "\n".join([head, f"<title>{escape(title)}</title>", back, *shapes, "</svg>\n"])

"""Stacked bars as an SVG file: a row a label, a colour a series."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

# Told apart by people who see few colours too; the key names each beside its figure.
COLOURS = ("#0b4f9c", "#d97706", "#2f855a", "#7b5ea7", "#6b7280", "#b3261e")
WIDTH, ROW, BAR, TOP, LEFT = 440, 34, 20, 14, 100
KEY_ROW = 22
MOST_LABEL = 11
ROOM_FOR_SUM = 40
FONT = 'font-family="Noto Sans, DejaVu Sans, sans-serif" font-size="15"'

Rows = Sequence[tuple[str, Mapping[str, int]]]


def bars(
    title: str, rows: Rows, series: Mapping[str, str], colours: Sequence[str] = COLOURS
) -> str:
    """Draw rows of counts; `series` gives each key its words in the order of drawing."""
    used = [key for key in series if any(counts.get(key) for _, counts in rows)]
    most = max((sum(counts.values()) for _, counts in rows), default=0) or 1
    height = TOP + len(rows) * ROW
    whole = height + 12 + len(used) * KEY_ROW
    painted = dict(zip(series, colours, strict=False))
    box = f'viewBox="0 0 {WIDTH} {whole}" role="img"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {box} {FONT}>',
        f"<title>{escape(title)}</title>",
        f'<rect width="{WIDTH}" height="{whole}" fill="#fff"/>',
    ]
    for number, (label, counts) in enumerate(rows):
        parts += _row(TOP + number * ROW, label, {k: counts.get(k, 0) for k in used}, most, painted)
    for number, key in enumerate(used):
        y = height + 8 + number * KEY_ROW
        parts.append(f'<rect x="8" y="{y}" width="14" height="14" fill="{painted[key]}"/>')
        parts.append(f'<text x="28" y="{y + 12}" fill="#1b2430">{escape(series[key])}</text>')
    return "\n".join([*parts, "</svg>\n"])


def _row(
    y: int, label: str, counts: Mapping[str, int], most: int, colours: Mapping[str, str]
) -> list[str]:
    short = label if len(label) <= MOST_LABEL else f"{label[: MOST_LABEL - 1]}…"
    words = f"<title>{escape(label)}</title>{escape(short)}</text>"
    parts = [f'<text x="{LEFT - 10}" y="{y + 15}" text-anchor="end" fill="#1b2430">{words}']
    x, room = float(LEFT), WIDTH - LEFT - ROOM_FOR_SUM
    for key, count in counts.items():
        if not count:
            continue
        width = count / most * room
        parts.append(
            f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="{BAR}" fill="{colours[key]}">'
            f"<title>{escape(key)}: {count}</title></rect>"
        )
        x += width
    parts.append(f'<text x="{x + 6:.1f}" y="{y + 15}" fill="#1b2430">{sum(counts.values())}</text>')
    return parts

"""The steps of a switch as bars: how long each took, and how long it took when rehearsed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape

from sen.migration.account import Doing, Phase, Result
from sen.migration.report.words import WavePen

WIDTH, ROW, LEFT, RIGHT, TOP = 700, 24, 250, 84, 8
INK, REAL, HOPED, BAD = "#1d2733", "#2f6690", "#bcd0e0", "#b3413a"
FONT = "'Liberation Sans', Arial, 'Noto Sans', sans-serif"
LEAST = 1.5


def picture(phase: Phase, pen: WavePen) -> str:
    """Draw the steps of a phase that were begun, in their order."""
    doings = [each for each in phase.doings if each.result in {Result.DONE, Result.FAILED}]
    longest = max([1, *(max(each.ms or 0, each.expected_ms or 0) for each in doings)])
    height = TOP * 2 + ROW * len(doings)
    drawn = "".join(_rows(doings, longest, pen))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img"'
        f' font-family="{FONT}" font-size="12">{drawn}</svg>'
    )


def _rows(doings: Sequence[Doing], longest: int, pen: WavePen) -> Iterator[str]:
    room = WIDTH - LEFT - RIGHT
    for place, each in enumerate(doings):
        top = TOP + place * ROW
        colour = BAD if each.result is Result.FAILED else REAL
        real = max(LEAST, (each.ms or 0) / longest * room)
        yield _text(LEFT - 8, top + 15, pen.step(each.step), "end")
        if each.expected_ms is not None:
            hoped = max(LEAST, each.expected_ms / longest * room)
            yield _bar(top + 12, hoped, HOPED)
        yield _bar(top + 4, real, colour)
        yield _text(LEFT + real + 6, top + 12, pen.span(each.ms), "start")


def _bar(top: float, width: float, colour: str) -> str:
    return f'<rect x="{LEFT}" y="{top}" width="{width:.1f}" height="8" fill="{colour}"/>'


def _text(left: float, top: float, words: str, anchor: str) -> str:
    place = f'x="{left:.1f}" y="{top}" text-anchor="{anchor}" fill="{INK}"'
    return f"<text {place}>{escape(words)}</text>"

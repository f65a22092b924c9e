"""The waves on a time line: a row a window, frozen days across all rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from playbooks.migration.waves.graph import Span, Window
from playbooks.migration.waves.picture import svg
from playbooks.migration.waves.plan import Plan
from playbooks.migration.waves.word import say

_LABELS, _WIDTH, _ROW, _HEAD, _TEXT = 110.0, 620.0, 34.0, 46.0, 250.0
_LEAST_BAR = 7.0
_MONTHS_SHOWN = 12


@dataclass(frozen=True, slots=True)
class _Axis:
    start: dt.datetime
    end: dt.datetime

    def x(self, moment: dt.datetime) -> float:
        part = (moment - self.start) / (self.end - self.start)
        return _LABELS + _WIDTH * min(max(part, 0.0), 1.0)


def gantt(plan: Plan) -> str:
    """Give the Gantt chart as SVG; windows without a wave and frozen ones are shown empty."""
    windows = sorted(plan.portfolio.windows, key=lambda each: (each.span.start, each.span.end))
    height = _HEAD + _ROW * max(len(windows), 1) + 10
    shapes = (
        list(_shapes(plan, windows, height)) if windows else [svg.text(20, 40, say("no-window"))]
    )
    return svg.drawing(_LABELS + _WIDTH + _TEXT, height, say("gantt"), shapes)


def _shapes(plan: Plan, windows: list[Window], height: float) -> Iterator[str]:
    axis = _Axis(windows[0].span.start, max(each.span.end for each in windows) + dt.timedelta(1))
    for freeze in plan.portfolio.freezes:
        if freeze.overlaps(Span(axis.start, axis.end)):
            left, right = axis.x(freeze.start), axis.x(freeze.end)
            size = (max(right - left, 2.0), height - _HEAD)
            yield svg.box(left, _HEAD, *size, fill=svg.FROZEN, about=say("freeze", **_days(freeze)))
    yield from _months(axis, height)
    for row, window in enumerate(windows):
        yield from _row(plan, window, axis, _HEAD + row * _ROW)


def _months(axis: _Axis, height: float) -> Iterator[str]:
    firsts = [
        dt.datetime(year, month, 1, tzinfo=axis.start.tzinfo)
        for year in range(axis.start.year, axis.end.year + 1)
        for month in range(1, 13)
    ]
    inside = [each for each in firsts if axis.start <= each < axis.end]
    every = -(-len(inside) // _MONTHS_SHOWN) or 1
    yield svg.text(_LABELS, 18, f"{axis.start:%Y-%m-%d}", size=12, fill=svg.FAINT)
    end = f"{axis.end - dt.timedelta(1):%Y-%m-%d}"
    yield svg.text(_LABELS + _WIDTH, 18, end, size=12, fill=svg.FAINT, anchor="end")
    for each in inside[::every]:
        x = axis.x(each)
        yield svg.box(x, _HEAD - 6, 1, height - _HEAD, fill=svg.FRAME)
        yield svg.text(x + 3, _HEAD - 8, f"{each:%m.%y}", size=11, fill=svg.FAINT)


def _row(plan: Plan, window: Window, axis: _Axis, top: float) -> Iterator[str]:
    held = [
        system
        for system, slot in zip(plan.inst.systems, plan.slots, strict=True)
        if slot < plan.inst.k and plan.inst.windows[slot].id == window.id
    ]
    gib = float(sum(each.gib for each in held))
    left, right = axis.x(window.span.start), axis.x(window.span.end)
    about = ", ".join(str(each.id) for each in held) or say("empty")
    bar = (max(right - left, _LEAST_BAR), _ROW - 16)
    yield svg.text(8, top + 22, _short(str(window.id), 14))
    yield svg.box(left, top + 8, *bar, fill=svg.WAVE if held else svg.FRAME, about=about)
    words = say("holds", systems=len(held), gib=f"{gib:g}") if held else _why_empty(plan, window)
    yield svg.text(_LABELS + _WIDTH + 12, top + 22, words, fill=svg.INK if held else svg.FAINT)


def _why_empty(plan: Plan, window: Window) -> str:
    frozen = any(window.span.overlaps(each) for each in plan.portfolio.freezes)
    return say("is-frozen" if frozen else "empty")


def _days(span: Span) -> dict[str, str]:
    last = span.end - dt.timedelta(microseconds=1)
    return {"first": f"{span.start:%Y-%m-%d}", "last": f"{last:%Y-%m-%d}"}


def _short(words: str, most: int) -> str:
    return words if len(words) <= most else f"{words[: most - 1]}…"

"""The dependencies as a graph: a column a wave; where systems are many, a node a wave."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from playbooks.migration.waves.graph import COST, Id, Kind
from playbooks.migration.waves.picture import svg
from playbooks.migration.waves.plan import Plan
from playbooks.migration.waves.word import say

_COLUMN, _ROW, _HEAD, _EDGE = 150.0, 30.0, 56.0, 70.0
_SINGLE_UP_TO = 120
_NAME = 12
Places = Mapping[Id, tuple[float, float]]


def network(plan: Plan) -> str:
    """Give the graph as SVG: cut strong edges red, cut weak ones dashed, kept ones faint."""
    waves = plan.answer.waves
    tallest = max((len(each.systems) for each in waves), default=1)
    single = len(plan.inst.systems) <= _SINGLE_UP_TO
    height = _HEAD + _ROW * tallest + 20 if single else 360.0
    shapes = list(_systems(plan) if single else _waves(plan))
    return svg.drawing(2 * _EDGE + _COLUMN * max(len(waves) - 1, 3), height, say("graph"), shapes)


def _systems(plan: Plan) -> Iterator[str]:
    places = {
        system: (_EDGE + column * _COLUMN, _HEAD + 10 + row * _ROW)
        for column, wave in enumerate(plan.answer.waves)
        for row, system in enumerate(wave.systems)
    }
    yield from _lines(plan, places)
    for column, wave in enumerate(plan.answer.waves):
        x = _EDGE + column * _COLUMN
        yield svg.text(x, 24, _short(wave.window), anchor="middle")
        for each in wave.systems:
            yield svg.dot(x, places[each][1], 6, fill=svg.WAVE, about=str(each))
            yield svg.text(x + 10, places[each][1] + 4, _short(each), size=11)


def _lines(plan: Plan, places: Places) -> Iterator[str]:
    for edge in plan.portfolio.edges:
        if edge.source in places and edge.target in places and edge.source != edge.target:
            (x1, y1), (x2, y2) = sorted((places[edge.source], places[edge.target]))
            cut, strong = x1 != x2, edge.kind is Kind.STRONG
            stroke = (svg.STRONG if strong else svg.WEAK) if cut else svg.FRAME
            width = 2.0 if cut and strong else 1.2
            yield svg.curve(x1, y1, x2, y2, stroke=stroke, width=width, dashed=not strong)


def _waves(plan: Plan) -> Iterator[str]:
    """Show waves as nodes on a line, and between them what bridges cost together."""
    place = {wave.window: column for column, wave in enumerate(plan.answer.waves)}
    window_of = {each: wave.window for wave in plan.answer.waves for each in wave.systems}
    costs: Counter[tuple[int, int]] = Counter()
    for each in plan.answer.bridges:
        one, other = sorted(place[window_of[end]] for end in (each.source, each.target))
        costs[one, other] += COST[each.edge.kind]
    most = max(costs.values(), default=1)
    for (one, other), cost in sorted(costs.items(), key=lambda each: each[1]):
        yield _arch(one, other, 0.4 + 5 * cost / most)
    for wave in plan.answer.waves:
        x = _EDGE + place[wave.window] * _COLUMN
        yield svg.dot(x, 300, 10, fill=svg.WAVE, about=str(wave.window))
        yield svg.text(x, 330, f"{_short(wave.window)}: {len(wave.systems)}", anchor="middle")


def _arch(one: int, other: int, width: float) -> str:
    x1, x2 = (_EDGE + each * _COLUMN for each in (one, other))
    top = 300 - min(280.0, 60.0 + 25.0 * (other - one))
    pen = f'fill="none" stroke="{svg.STRONG}" stroke-width="{width:.1f}" stroke-opacity="0.45"'
    return f'<path d="M{x1:.0f},300 Q{(x1 + x2) / 2:.0f},{top:.0f} {x2:.0f},300" {pen}/>'


def _short(name: Id) -> str:
    words = str(name)
    return words if len(words) <= _NAME else f"{words[: _NAME - 1]}…"

"""Judge an answer against its graph by itself: no index, no search, only the contract's words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from fractions import Fraction

from playbooks.migration.waves.answer import Answer
from playbooks.migration.waves.graph import COST, Id, Portfolio, System, Window


def faults(portfolio: Portfolio, answer: Answer) -> list[str]:
    """Give what is wrong with an answer; nothing when it holds.

    Looked at: each system once, windows known, in time order, not frozen, not over GiB, systems or
    teams, orders kept, systems kept apart, bridges exactly the cut edges, the cost.
    """
    windows = {each.id: each for each in portfolio.windows}
    placed = {each: wave.window for wave in answer.waves for each in wave.systems}
    found = [*_once(portfolio, answer), *_unknown(answer, windows)]
    if found:
        return found
    systems = {each.id: each for each in portfolio.systems}
    for wave in answer.waves:
        held = [systems[each] for each in wave.systems]
        found += _window(windows[wave.window], held, portfolio)
    spans = {each: windows[window].span for each, window in placed.items()}
    for one in portfolio.systems:
        found += [
            f"{other} does not move after {one.id}"
            for other in one.before
            if other in spans and not (one.id in spans and spans[one.id].start < spans[other].start)
        ]
        found += [
            f"{one.id} shares a window with {other}"
            for other in one.not_with
            if one.id in placed and placed[one.id] == placed.get(other)
        ]
    return [*found, *_bridges(portfolio, answer, placed, windows)]


def _once(portfolio: Portfolio, answer: Answer) -> Iterator[str]:
    told = Counter(each for wave in answer.waves for each in wave.systems)
    told.update(each.id for each in answer.unplaced)
    known = {each.id for each in portfolio.systems}
    yield from (f"{each} is told {told[each]} times" for each in known if told[each] != 1)
    yield from (f"{each} is not in the graph" for each in told if each not in known)


def _unknown(answer: Answer, windows: Mapping[Id, Window]) -> Iterator[str]:
    named = [each.window for each in answer.waves]
    yield from (f"window {each} is unknown" for each in named if each not in windows)
    yield from (f"window {each} has two waves" for each in set(named) if named.count(each) > 1)
    starts = [windows[each].span.start for each in named if each in windows]
    if starts != sorted(starts):
        yield "the waves are not in time order"


def _window(window: Window, held: list[System], portfolio: Portfolio) -> Iterator[str]:
    if not held:
        yield f"the wave of {window.id} is empty"
    if any(window.span.overlaps(freeze) for freeze in portfolio.freezes):
        yield f"window {window.id} is frozen"
    if window.gib is not None and sum((each.gib for each in held), Fraction(0)) > window.gib:
        yield f"window {window.id} holds too many GiB"
    if window.systems is not None and len(held) > window.systems:
        yield f"window {window.id} holds too many systems"
    yield from _teams(window, held)


def _teams(window: Window, held: list[System]) -> Iterator[str]:
    teams = Counter(each.team for each in held if each.team is not None)
    if window.teams is not None and len(teams) > window.teams:
        yield f"window {window.id} has too many teams"
    if window.team_systems is not None:
        for team, number in teams.items():
            most = window.team_systems.get(team, 0)
            if most is not None and number > most:
                yield f"team {team} has too many systems in {window.id}"


def _bridges(
    portfolio: Portfolio,
    answer: Answer,
    placed: Mapping[Id, Id],
    windows: Mapping[Id, Window],
) -> Iterator[str]:
    cost, cut = 0, Counter[tuple[Id, Id, Id]]()
    for edge in portfolio.edges:
        if edge.source not in placed or edge.target not in placed:
            continue
        ends = [windows[placed[each]] for each in (edge.source, edge.target)]
        if ends[0].id != ends[1].id:
            cost += COST[edge.kind]
            last = max(ends, key=lambda each: (each.span.start, each.span.end, str(each.id)))
            cut[edge.source, edge.target, last.id] += 1
    if cut != Counter((each.source, each.target, each.open_until) for each in answer.bridges):
        yield "the bridges are not the cut edges"
    if cost != answer.cost:
        yield f"the cost is {cost}, not {answer.cost}"

"""Read a wave graph from JSON: every broken field is named, and nothing is guessed."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction

from playbooks.migration.waves.days import VIET_NAM, end_of, start_of
from playbooks.migration.waves.field import Complaints, Entry, amount, an_id, ids, text, whole
from playbooks.migration.waves.graph import Edge, Id, Kind, Portfolio, Span, System, Window
from playbooks.migration.waves.soundness import check_whole
from stacks.problem import Problem, ProblemError

_DAWN = dt.datetime(1, 1, 1, tzinfo=VIET_NAM)
_SYSTEM = ("id", "gib", "agency", "level", "team", "stage", "strategy", "before", "not_with")
_KEYS: Mapping[str, frozenset[str]] = {
    "systems": frozenset(_SYSTEM),
    "edges": frozenset(("from", "to", "kind", "why", "calls_per_day")),
    "windows": frozenset(("id", "start", "end", "gib", "systems", "teams")),
    "freezes": frozenset(("start", "end")),
}
Graph = Mapping[str, object]


def portfolio_from(content: str, name: str) -> Portfolio:
    """Read the text of a wave graph.

    Raises:
        ProblemError: It is no JSON, a field is broken, an id is unknown or twice, an order is a
            cycle; each is listed, up to twenty.
    """
    return portfolio_of(graph_in(content, name), name)


def graph_in(content: str, name: str) -> Graph:
    """Take the JSON apart.

    Raises:
        ProblemError: It is none, or no object.
    """
    try:
        data = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ProblemError(Problem("wave-graph-unreadable", name, {"said": str(error)})) from error
    if not isinstance(data, dict):
        raise ProblemError(Problem("wave-graph-shape", name))
    return data


def unknown(data: Graph) -> list[str]:
    """Give the keys that nothing is read from: a misspelt one would be missed without a word."""
    found = {key: None for key in data if key not in _KEYS}
    for part, keys in _KEYS.items():
        entries = data.get(part)
        for each in entries if isinstance(entries, list) else ():
            if isinstance(each, dict) and not each.keys() <= keys:
                found |= dict.fromkeys(f"{part}.{key}" for key in each if key not in keys)
    return list(found)


def portfolio_of(data: Graph, name: str) -> Portfolio:
    """Read a wave graph; raises as `portfolio_from` does."""
    complaints = Complaints(name)
    parts = {part: list(_entries(data.get(part), part, complaints)) for part in _KEYS}
    found = Portfolio(
        systems=tuple(_system(each) for each in parts["systems"]),
        edges=tuple(_edge(each) for each in parts["edges"]),
        windows=tuple(_window(each) for each in parts["windows"]),
        freezes=tuple(_span(each) for each in parts["freezes"]),
    )
    if not complaints.found:
        check_whole(found, complaints)
    if complaints.found:
        raise ProblemError(*complaints.found)
    return found


def _entries(part: object, name: str, complaints: Complaints) -> Iterator[Entry]:
    if part is None:
        return
    if not isinstance(part, list):
        complaints.add("wave-part-shape", name)
        return
    for number, each in enumerate(part):
        where = f"{name}[{number}]"
        if isinstance(each, dict):
            yield Entry(each, where, complaints)
        else:
            complaints.add("wave-part-shape", where)


def _system(entry: Entry) -> System:
    return System(
        id=_id_of(entry, "id"),
        gib=entry.get("gib", amount, "a number from 0 on", Fraction(0)),
        agency=entry.get("agency", text, "a text", ""),
        level=entry.get("level", whole, "a whole number", 0),
        team=entry.get("team", text, "a text", None) or None,
        stage=entry.get("stage", text, "a text", ""),
        strategy=entry.get("strategy", text, "a text", ""),
        before=entry.get("before", ids, "a list of ids", ()),
        not_with=entry.get("not_with", ids, "a list of ids", ()),
    )


def _edge(entry: Entry) -> Edge:
    return Edge(
        source=_id_of(entry, "from"),
        target=_id_of(entry, "to"),
        kind=entry.need("kind", _kind, "strong or weak", Kind.WEAK),
        why=entry.get("why", text, "a text", ""),
        calls_per_day=entry.get("calls_per_day", _calls, "a number from 0 on", 0.0),
    )


def _id_of(entry: Entry, key: str) -> Id:
    nobody: Id = ""
    return entry.need(key, an_id, "an id", nobody)


def _kind(value: object) -> Kind:
    return Kind(str(value))


def _calls(value: object) -> float:
    return float(amount(value))


def _span(entry: Entry) -> Span:
    expected = "a day or an instant as 2027-02-06 or 2027-02-06T22:00"
    start = entry.need("start", lambda value: start_of(str(value)), expected, _DAWN)
    end = entry.need("end", lambda value: end_of(str(value)), expected, _DAWN)
    if end < start and _DAWN not in (start, end):
        entry.wrong("end", entry.data.get("end"), "an end that is not before its start")
    return Span(start, end)


def _window(entry: Entry) -> Window:
    teams = entry.data.get("teams")
    by_name = isinstance(teams, Mapping | list)
    expected = "a whole number, a list of teams, or systems a team"
    return Window(
        id=_id_of(entry, "id"),
        span=_span(entry),
        gib=entry.get("gib", amount, "a number from 0 on", None),
        systems=entry.get("systems", whole, "a whole number from 0 on", None),
        teams=None if by_name else entry.get("teams", whole, expected, None),
        team_systems=entry.get("teams", _teams, expected, None) if by_name else None,
    )


def _teams(value: object) -> dict[str, int | None]:
    if isinstance(value, Mapping):
        return {text(team): whole(most) for team, most in value.items()}
    return _all_of(value if isinstance(value, Iterable) else ())


def _all_of(teams: Iterable[object]) -> dict[str, int | None]:
    return {text(team): None for team in teams}

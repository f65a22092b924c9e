"""Small graphs of every shape: also without edges, rooms, windows or optional fields."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

NAMES = ("a", "b", "c", "d", "e", "f")
_DAYS = ("2027-01-09", "2027-01-10", "2027-01-11", "2027-02-10", "2027-03-10")
_TEAMS = ("x", "y")


def _others(names: tuple[str, ...]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(names), max_size=1) if names else st.just([])


def _system(names: tuple[str, ...], place: int) -> st.SearchStrategy[dict[str, Any]]:
    """Only later names are waited for: no circle; a field that is absent is there too."""
    fields = {
        "gib": st.sampled_from([0, 0.1, 0.2, 1, 2.5, 4]),
        "team": st.sampled_from([*_TEAMS, None]),
        "stage": st.sampled_from(["test", "staging", "production"]),
        "level": st.integers(1, 5),
        "before": _others(names[place + 1 :]),
        "not_with": _others(tuple(each for each in names if each != names[place])),
    }
    return st.fixed_dictionaries({"id": st.just(names[place])}, optional=fields)


def _window(number: int) -> st.SearchStrategy[dict[str, Any]]:
    days = st.tuples(st.sampled_from(_DAYS), st.sampled_from(_DAYS)).map(sorted)
    teams = st.one_of(
        st.none(),
        st.integers(0, 2),
        st.lists(st.sampled_from(_TEAMS), unique=True),
        st.dictionaries(st.sampled_from(_TEAMS), st.integers(0, 2)),
    )
    rooms = st.fixed_dictionaries(
        {},
        optional={
            "gib": st.sampled_from([0, 0.3, 2.5, 5, 8]),
            "systems": st.integers(0, 4),
            "teams": teams,
        },
    )
    named = days.map(lambda span: {"id": f"w{number}", "start": span[0], "end": span[1]})
    return st.tuples(named, rooms).map(lambda parts: {**parts[0], **parts[1]})


@st.composite
def graphs(draw: st.DrawFn) -> dict[str, Any]:
    """Give a graph that is whole; edges may be twice, both ways, and of a system to itself."""
    names = NAMES[: draw(st.integers(0, len(NAMES)))]
    ends = st.sampled_from(names) if names else st.nothing()
    kinds = st.sampled_from(["strong", "weak"])
    edges = st.fixed_dictionaries({"from": ends, "to": ends, "kind": kinds})
    freezes = st.sampled_from(_DAYS).map(lambda day: {"start": day, "end": day})
    windows = [draw(_window(number)) for number in range(draw(st.integers(0, 3)))]
    return {
        "systems": [
            draw(_system(names, place)) for place in draw(st.permutations(range(len(names))))
        ],
        "edges": draw(st.lists(edges, max_size=10)) if names else [],
        "windows": windows,
        "freezes": draw(st.lists(freezes, max_size=1)),
    }

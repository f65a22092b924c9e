"""Which systems reach over from one wave to another, as places and lines of a picture."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sen.portal.waves import Wave
from stacks.models.objects.wave import Strength

COLUMN, ROW, LEFT, TOP = 190, 30, 16, 62
# Above this a picture of systems is not read by anybody: then a place is a whole wave.
MOST_SYSTEMS = 80
_SHORT = 20


@dataclass(frozen=True)
class Spot:
    """A system, or a whole wave, where it is drawn; `name` may be shortened in the picture."""

    x: int
    y: int
    name: str
    wave: str

    @property
    def short(self) -> str:
        return self.name if len(self.name) <= _SHORT else f"{self.name[: _SHORT - 1]}…"


@dataclass(frozen=True)
class Line:
    """One or more bridges between two places."""

    path: str
    strong: bool
    title: str


@dataclass(frozen=True)
class Graph:
    """The picture of one plan; columns are waves in time order."""

    plan: str
    width: int
    height: int
    columns: Sequence[Spot]
    spots: Sequence[Spot]
    lines: Sequence[Line]


def graphs(waves: Sequence[Wave]) -> list[Graph]:
    """Give a picture of each plan in which something reaches over."""
    plans: dict[str, list[Wave]] = defaultdict(list)
    for each in waves:
        plans[each.plan].append(each)
    return [found for plan, kept in plans.items() if (found := _graph(plan, kept))]


def _graph(plan: str, waves: Sequence[Wave]) -> Graph | None:
    wave_of = {str(each["id"]): wave.name for wave in waves for each in wave.systems}
    found = [
        (str(each["source"]), str(each["target"]), each["kind"] == Strength.STRONG)
        for wave in waves
        for each in wave.bridges
        if {each["source"], each["target"]} <= wave_of.keys()
    ]
    if not found:
        return None
    touched = {end for one, other, _ in found for end in (one, other)}
    if len(touched) > MOST_SYSTEMS:
        found = [(wave_of[one], wave_of[other], strong) for one, other, strong in found]
        wave_of, touched = {each.name: each.name for each in waves}, {w.name for w in waves}
    columns = [Spot(LEFT + at * COLUMN, 24, wave.name, wave.name) for at, wave in enumerate(waves)]
    spots = list(_spots(columns, wave_of, touched))
    tallest = max(each.y for each in spots)
    return Graph(
        plan, 2 * LEFT + COLUMN * len(columns), tallest + ROW, columns, spots, _lines(spots, found)
    )


def _spots(
    columns: Iterable[Spot], wave_of: dict[str, str], touched: Iterable[str]
) -> Iterable[Spot]:
    kept = sorted(touched)
    for column in columns:
        here = [each for each in kept if wave_of[each] == column.name]
        for row, name in enumerate(here):
            yield Spot(column.x, TOP + row * ROW, name, column.name)


def _lines(spots: Iterable[Spot], found: Iterable[tuple[str, str, bool]]) -> list[Line]:
    """Join what is drawn between the same two places; strong ones last, so that they lie above."""
    at = {each.name: each for each in spots}
    counts = Counter(found)
    ordered = sorted(counts.items(), key=lambda each: each[0][2])
    return [
        Line(_path(at[one], at[other]), strong, f"{one} → {other}" + (f" ({n})" if n > 1 else ""))
        for (one, other, strong), n in ordered
    ]


def _path(one: Spot, other: Spot) -> str:
    left, right = sorted((one, other), key=lambda each: (each.x, each.y))
    bend = max((right.x - left.x) // 2, 40)
    return (
        f"M{left.x},{left.y} C{left.x + bend},{left.y}"
        f" {right.x - bend},{right.y} {right.x},{right.y}"
    )

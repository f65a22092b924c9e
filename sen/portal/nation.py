"""The country at a glance: what each ministry and province has, with all agencies under it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sen.portal.cluster import Voice
from sen.portal.lines import tenant_lines
from stacks.models.agency import Agency, agencies
from stacks.models.objects.status import Phase
from stacks.models.showback import apportioned
from stacks.problem import ProblemError

Line = Mapping[str, Any]
LEVELS = range(1, 6)
SHADES = 4
AWAY = frozenset(
    {Phase.SUSPENDED, Phase.ENDING, Phase.OFFBOARDING, Phase.OFFBOARDED, Phase.TRANSFERRED}
)
# Where a province lies, column and row of the grid of tiles, from north to south.
GRID: Mapping[str, tuple[int, int]] = {
    code: (column, row)
    for row, codes in enumerate(
        (
            ("H35", "H38", "H60", "H14"),
            ("H18", "H44", "H55", "H37"),
            ("H52", "H26", "H05", "H49"),
            ("", "H42", "H31", "H24"),
            ("", "H56"),
            ("", "H41"),
            ("", "H27"),
            ("", "", "H50"),
            ("", "", "", "H57"),
            ("", "", "", "H17"),
            ("", "", "", "H48"),
            ("", "", "", "H21"),
            ("", "", "", "H15"),
            ("", "", "H36", "H32"),
            ("H53", "H19", "H29"),
            ("H20", "H61"),
            ("H01", "H13"),
            ("H12",),
        ),
        1,
    )
    for column, code in enumerate(codes, 1)
    if code
}


@dataclass(frozen=True)
class Place:
    """A ministry or province with all under it.

    Attributes:
        levels: How many tenants have security level 1 to 5.
        permille: Its part of what all cost.
        shade: 0 without tenants, to 4 with the most.
    """

    agency: Agency
    tenants: int = 0
    ready: int = 0
    failed: int = 0
    away: int = 0
    levels: tuple[int, ...] = (0,) * len(LEVELS)
    vnd: int = 0
    permille: int = 0
    shade: int = 0

    @property
    def at(self) -> tuple[int, int] | None:
        return GRID.get(self.agency.code)


@dataclass(frozen=True)
class Nation:
    """What a person may see of the country; `whole` if that is all of it."""

    places: tuple[Place, ...]
    whole: bool

    @property
    def total(self) -> Place:
        sums = {
            name: sum(getattr(each, name) for each in self.places)
            for name in ("tenants", "ready", "failed", "away", "vnd", "permille")
        }
        levels = tuple(map(sum, zip(*(each.levels for each in self.places), strict=True)))
        return Place(self.places[0].agency, levels=levels, **sums)


async def nation(api: Voice) -> Nation:
    """Give the country as the person may read it; the same for some seconds."""
    return await api.memory.recall("nation", lambda: _read(api))


async def _read(api: Voice) -> Nation:
    found = await tenant_lines(api)
    return Nation(places(found.things), whole=found.whole)


def places(lines: Iterable[Line]) -> tuple[Place, ...]:
    """Count tenants by ministry and province; each is there, the ones without tenants too."""
    by_code: dict[str, list[Line]] = defaultdict(list)
    for each in lines:
        code = str(each["Agency"]).partition(".")[0]
        by_code[code].append(each)
    first = [each for each in agencies().all() if each.is_first_level]
    known = {each.code for each in first}
    first += [agency for code in sorted(by_code.keys() - known) if (agency := _ended(code))]
    most = max((len(found) for found in by_code.values()), default=0)
    amounts = [_vnd(by_code[each.code]) for each in first]
    parts = apportioned(1000, amounts)
    return tuple(
        _place(each, by_code[each.code], vnd, part, most)
        for each, vnd, part in zip(first, amounts, parts, strict=True)
    )


def _ended(code: str) -> Agency | None:
    """Give an agency that is no more, whose tenants still are."""
    try:
        return agencies().get(code)
    except ProblemError:
        return None


def _vnd(lines: Iterable[Line]) -> int:
    return sum(int(each.get("VND/month") or 0) for each in lines)


def _place(agency: Agency, lines: Sequence[Line], vnd: int, part: int, most: int) -> Place:
    phases = Counter(each.get("Phase") for each in lines)
    levels = Counter(each.get("Level") for each in lines)
    return Place(
        agency,
        tenants=len(lines),
        ready=phases[Phase.READY],
        failed=phases[Phase.FAILED],
        away=sum(phases[each] for each in AWAY),
        levels=tuple(levels[each] for each in LEVELS),
        vnd=vnd,
        permille=part,
        shade=-(-len(lines) * SHADES // most) if most else 0,
    )

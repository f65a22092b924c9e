"""All environments that the person may read: searched, by state, a part at a time."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.responses import Response

from sen.portal import standing
from sen.portal.lines import tenant_lines
from sen.portal.menu import Entry
from sen.portal.paging import part
from sen.portal.visit import Visit, Visiting
from sen.portal.words import N_
from stacks.models.agency import agencies
from stacks.models.spelling import fold
from stacks.problem import ProblemError

router = APIRouter()
MENU = Entry("/tenants", N_("Environments"), 15)


@dataclass(frozen=True)
class Line:
    """One environment as a long list shows it; `title` is its agency's, `text` what is searched."""

    name: str
    agency: str
    title: str
    level: int
    phase: str
    vnd: int | None
    text: str

    @property
    def link(self) -> str:
        return f"/tenants/{self.agency}/{self.name}"

    def fits(self, words: list[str], phase: str) -> bool:
        """Say whether it is in the state asked for, and each folded word occurs."""
        if phase and phase != self.phase:
            return False
        return all(word in self.text for word in words)


@router.get("/tenants")
async def environments(visit: Visiting) -> Response:
    """List environments by their agency."""
    found = await visit.api.memory.recall("environments", lambda: _read(visit))
    words, phase = visit.query("q"), visit.query("phase")
    folded = fold(words).split()
    rows = [each for each in found if each.fits(folded, phase)]
    return visit.page(
        "environments.html.j2",
        part=part(rows, visit.query("page")),
        words=words,
        phase=phase,
        phases={each: text for each, text in standing.PHASES.items() if each},
        query=urlencode({"q": words, "phase": phase}),
        labels=standing,
    )


async def _read(visit: Visit) -> list[Line]:
    found = await tenant_lines(visit.api)
    rows = [_line(each) for each in found.things]
    return sorted(rows, key=lambda row: (row.agency, row.name))


def _line(cells: Mapping[str, Any]) -> Line:
    code = str(cells["Agency"])
    return Line(
        name=str(cells["Name"]),
        agency=code,
        title=(title := _title(code)),
        level=int(cells.get("Level") or 0),
        phase=str(cells.get("Phase") or ""),
        vnd=cells.get("VND/month"),
        text=f"{cells['Name']} {_folded(title)} {code.lower()}",
    )


@functools.lru_cache(maxsize=5000)
def _folded(title: str) -> str:
    return fold(title)


def _title(code: str) -> str:
    """Give an agency's name; its code where it is no more."""
    try:
        return agencies().get(code).title
    except ProblemError:
        return code

"""Every tool with its state, for `sen tools list` and `sen doctor`."""

from dataclasses import dataclass
from typing import Literal

from sen.errors import MissingPartError
from sen.tools.catalogue import Brought, Catalogue
from sen.tools.lookup import Tool, find
from sen.tools.space import MIB
from stacks.problem import Problem

State = Literal["ok", "missing", "wrong version", "optional missing"]


@dataclass(frozen=True)
class Entry:
    name: str
    wanted: str
    needed_for: str
    tool: Tool | None
    problem: Problem | None
    optional: bool = False

    @property
    def state(self) -> State:
        if self.tool:
            return "ok"
        if self.optional:
            return "optional missing"
        other = self.problem is not None and self.problem.key == "tool-other-version"
        return "wrong version" if other else "missing"

    def row(self) -> dict[str, object]:
        tool = self.tool
        return {
            "tool": self.name,
            "wanted": self.wanted,
            "version": tool.version if tool else None,
            "source": tool.source if tool else None,
            "path": str(tool.path) if tool else None,
            "mib": round(tool.path.stat().st_size / MIB) if tool else None,
            "state": self.state,
            "needed for": self.needed_for,
        }


def inventory(known: Catalogue) -> list[Entry]:
    return [_entry(known, name) for name in known.names()]


def _entry(known: Catalogue, name: str) -> Entry:
    family, spec = known.family_of(name), known.spec(name)
    wanted = family.version if family else spec.wanted if isinstance(spec, Brought) else ""
    try:
        tool, problem = find(name), None
    except MissingPartError as error:
        tool, problem = None, error.problems[0]
    optional = family is not None and family.optional
    return Entry(name, wanted, spec.needed_for, tool, problem, optional)

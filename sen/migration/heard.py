"""What a rehearsal says while it goes: how the tenant's side fared, and how much arrived."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field

from playbooks.migration.order.rehearse import OF
from playbooks.migration.steps.pace import MIB
from playbooks.migration.steps.run import Record
from sen.migration.expected import DONE
from sen.migration.throwaway import PART
from stacks.problem import Problem, ProblemError, both

_FILL = ": fill"


@dataclass
class Heard:
    """Passes records on, and keeps what the record of the whole rehearsal will tell.

    Attributes:
        side: Facts of the tenant's side; none before it was tried.
        arrived: Bytes by part, of those that count them.
    """

    record: Record
    side: dict[str, object] = field(default_factory=dict)
    arrived: dict[str, int] = field(default_factory=dict)

    def __call__(self, name: str, about: str, data: Mapping[str, object]) -> None:
        self.record(name, about, data)
        part = about.partition(OF)[2]
        size = data.get("bytes")
        if name == DONE and part.endswith(_FILL) and isinstance(size, int):
            # A later pass counts again what it brings: the whole is told once.
            self.arrived[part] = max(size, self.arrived.get(part, 0))
        if name == DONE and part.startswith(f"{PART}: "):
            self.side = {key: value for key, value in data.items() if key != "step"}

    def tenant(self, error: ProblemError | None = None) -> dict[str, object]:
        """Give how the tenant's side fared; where it was not let in, why, in both languages."""
        if not self.side:
            return {"passed": False, "reason": both(*error.problems) if error else ""}
        known = {"arrived": sum(self.arrived.values())} if self.arrived else {}
        return {"passed": True, **self.side, **known}


@dataclass(frozen=True)
class Short:
    """More arrived than the tenant's volumes have left; both in MiB."""

    arrived: int
    left: int

    def problem(self, tenant: str) -> Problem:
        return Problem("tenant-side-storage", tenant, dataclasses.asdict(self))


def short_of(side: Mapping[str, object]) -> Short | None:
    """Say whether what arrived is more than the tenant's quota leaves to volumes."""
    arrived, left = side.get("arrived"), side.get("storage_left")
    if isinstance(arrived, int) and isinstance(left, int) and arrived > left:
        return Short(-(-arrived // MIB), left // MIB)
    return None

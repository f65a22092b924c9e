"""What a comparison looked at, and where the two ends are not the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

# A report names this many differences of a check; all are counted.
NAMED = 100


@dataclass(frozen=True)
class Difference:
    """One thing that is not the same.

    Attributes:
        where: Table and key, or the object's name; never a value of a row.
        what: `missing`, `extra` or `changed`, as seen from the source.
    """

    where: str
    what: str


@dataclass(frozen=True)
class Check:
    """One comparison.

    Attributes:
        looked_at: How many rows or objects; a check that looked at nothing proves nothing.
        digest: SHA-256 or a sum over all of it, the same on both ends when nothing differs.
    """

    name: str
    looked_at: int
    differences: Sequence[Difference] = field(default=())
    count: int = 0
    digest: str = ""

    @property
    def good(self) -> bool:
        return self.count == 0

    @classmethod
    def of(
        cls, name: str, looked_at: int, differences: Sequence[Difference], digest: str = ""
    ) -> Check:
        return cls(name, looked_at, tuple(differences[:NAMED]), len(differences), digest)


@dataclass(frozen=True)
class Verdict:
    """All comparisons of a move."""

    checks: Sequence[Check]

    @property
    def good(self) -> bool:
        """Say whether something was looked at and nothing differs."""
        return any(each.looked_at for each in self.checks) and all(c.good for c in self.checks)

    def facts(self) -> dict[str, object]:
        """Give what is recorded and reported."""
        return {
            "good": self.good,
            "looked_at": sum(each.looked_at for each in self.checks),
            "differences": sum(each.count for each in self.checks),
            "checks": [asdict(each) for each in self.checks],
        }


def compared(
    name: str, source: dict[str, object], target: dict[str, object], digest: str = ""
) -> Check:
    """Compare things by name."""
    found = [
        Difference(key, _kind(key, source, target))
        for key in sorted(source.keys() | target.keys())
        if key not in source or key not in target or source[key] != target[key]
    ]
    return Check.of(name, len(source), found, digest)


def _kind(key: str, source: dict[str, object], target: dict[str, object]) -> str:
    if key not in target:
        return "missing"
    return "changed" if key in source else "extra"

"""What was found out about a column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

FOREIGN = "foreign"


@dataclass(frozen=True)
class Verdict:
    """The encoding of a column.

    Attributes:
        encoding: A table's name, `utf-8`, `ascii`, `foreign`, `mixed`, `double:<name>`, `unknown`.
        confidence: 0 to 1.
        exceptions: Values (distinct) that have an encoding of their own.
        doubtful: Values (distinct) that a person should see.
        heading: Whether TCVN3's small toned letters all stand for capitals.
        codec: Python's codec of a foreign column.
    """

    encoding: str
    confidence: float
    reason: str
    exceptions: Mapping[bytes, str] = field(default_factory=dict)
    doubtful: frozenset[bytes] = frozenset()
    heading: bool = False
    codec: str = "cp1252"

    def of(self, value: bytes) -> str:
        """Give the encoding of one value."""
        return self.exceptions.get(value, "utf-8" if self.encoding == "mixed" else self.encoding)

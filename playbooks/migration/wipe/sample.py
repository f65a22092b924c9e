"""Pieces of what is wiped, read before and after: only a hash of each is kept."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

BLOCK = 1 << 16


@dataclass(frozen=True)
class Sample:
    """One piece.

    Attributes:
        at: File, or byte of a disk at which it begins.
        bytes: Its length.
        before: SHA-256 of it before; `after` likewise, empty until it is read again.
    """

    at: str
    bytes: int
    before: str
    after: str = ""

    @property
    def clear(self) -> bool:
        """Say whether only zeros are left of it."""
        return self.after == hashlib.sha256(bytes(self.bytes)).hexdigest()


@dataclass(frozen=True)
class Stock:
    """What is to be wiped, as it was before.

    Attributes:
        identity: Serial of a disk; kind and number of a folder's file system.
        real: Where it lies when links are followed.
    """

    kind: str
    path: str
    identity: str
    bytes: int
    files: int
    samples: tuple[Sample, ...] = ()
    real: str = ""
    method: str = ""

    def facts(self) -> dict[str, object]:
        return asdict(self)

    @classmethod
    def parse(cls, given: Mapping[str, Any]) -> Stock:
        samples = tuple(Sample(**each) for each in given["samples"])
        return cls(**{**given, "samples": samples})


def offsets(size: int, count: int, chance: random.Random) -> list[int]:
    """Choose where to read a disk: its beginning and end, and places by chance between."""
    last = max(0, size - BLOCK)
    return sorted({0, last, *(chance.randint(0, last) for _ in range(count - 2))})


def length(size: int, offset: int) -> int:
    return min(BLOCK, size - offset)


def uncleared(samples: Sequence[Sample]) -> list[str]:
    """Name the pieces of which something is left."""
    return [each.at for each in samples if not each.clear]

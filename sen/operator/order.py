"""What a run is to build: whole and self-contained, the same for a process and for a Job."""

from __future__ import annotations

import functools
import gzip
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from sen.paths import PROJECT
from stacks.problem import Problem, ProblemError

# What decides what a request leads to: the program, the rules, their data and messages.
_PROGRAM = ("stacks", "policies")
_ENDINGS = frozenset({".py", ".yaml", ".json"})
# Data of a place, not of the program: `config` is written at each run. The pack's own file says how
# its environment is kept, which the image does otherwise than a checkout.
_NOT_PROGRAM = frozenset({"config", "agencies", "__pycache__", "PulumiPolicy.yaml"})


@dataclass(frozen=True)
class Order:
    """One run of one first-level agency's stack.

    Attributes:
        id: Of this run alone; runs of the same order have the same `plan` and another id.
        cluster: Name of the cluster, as the stack's provider knows it.
        requests: What is to stand, by file name.
        leaving: Tenants that may go with this run; no other may.
        moving: Tenants that another stack built, by name, with that stack.
        alone: Whoever ordered it knows that no other run of the stack is alive.
        plan: SHA-256 of all of it and of the program that carries it out.
    """

    id: str
    stack: str
    agency: str
    cluster: str
    requests: Mapping[str, Mapping[str, Any]]
    leaving: tuple[str, ...] = ()
    alone: bool = False
    plan: str = ""
    moving: Mapping[str, str] = field(default_factory=dict)

    @property
    def folder(self) -> str:
        return folder_of(self.agency)

    def sealed(self) -> Order:
        """Give the order with its plan hash."""
        return Order(**{**vars(self), "plan": self.digest()})

    def digest(self) -> str:
        """Give the SHA-256 of what this order leads to, hexadecimal."""
        content = {
            "stack": self.stack,
            "agency": self.agency,
            "cluster": self.cluster,
            "requests": self.requests,
            "leaving": sorted(self.leaving),
            "moving": self.moving,
            "program": program_version(),
        }
        return hashlib.sha256(_canonical(content)).hexdigest()

    def packed(self) -> bytes:
        return gzip.compress(_canonical(asdict(self)), mtime=0)

    @classmethod
    def unpacked(cls, data: bytes) -> Order:
        """Read an order.

        Raises:
            ProblemError: It is none, or not the one that was sealed, or for another program.
        """
        try:
            given = json.loads(gzip.decompress(data))
            order = cls(**{**given, "leaving": tuple(given["leaving"])})
        except (OSError, EOFError, ValueError, TypeError, KeyError) as error:
            raise ProblemError(Problem("run-order-unread", "order")) from error
        if order.digest() != order.plan:
            raise ProblemError(Problem("run-order-changed", order.stack, {"run": order.id}))
        return order


def folder_of(agency: str) -> str:
    """Name the folder with an agency's requests; the stack's state knows files by it."""
    return f"approved-{agency.lower()}"


@functools.cache
def program_version(root: Path = PROJECT) -> str:
    """Give the SHA-256 of the program and the rules that runs are made with."""
    total = hashlib.sha256()
    for part in _PROGRAM:
        for file in sorted((root / part).rglob("*")):
            inside = file.relative_to(root)
            if file.suffix in _ENDINGS and not _NOT_PROGRAM & set(inside.parts):
                total.update(f"{inside.as_posix()}\0".encode())
                total.update(hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()


def _canonical(content: object) -> bytes:
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()

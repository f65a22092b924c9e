"""What a part is: a program, its arguments, where it listens, how one sees that it is well."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from sen.local.platform import Platform
from sen.local.record import Record

NO_ENVIRONMENT: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Part:
    """A program as it is to run.

    Attributes:
        program: Name of the tool, and of the part.
        ports: First the one that is shown and asked for health.
        health: Path of the health check.
        says: What the answer of a part that is well must hold.
        authority: Who signed the listener's certificate; None means plain HTTP.
        credentials: Key pairs it serves or calls with: when one ends, the part is ill.
        files: What it reads at start; when one changes, it is started anew.

    """

    program: str
    arguments: tuple[str, ...]
    ports: tuple[int, ...]
    health: str
    authority: str | None
    says: bytes = b""
    credentials: tuple[str, ...] = ()
    asks_as: str | None = None
    files: tuple[Path, ...] = ()
    environment: Mapping[str, str] = field(default_factory=lambda: NO_ENVIRONMENT)

    def digest(self, executable: Path, version: str) -> str:
        """Sum up everything the part is started with."""
        total = hashlib.sha256()
        for text in (str(executable), version, *self.arguments, *map(str, self.ports)):
            total.update(text.encode() + b"\0")
        for name, value in sorted(self.environment.items()):
            total.update(f"{name}={value}".encode() + b"\0")
        for file in self.files:
            total.update(file.read_bytes() + b"\0")
        return total.hexdigest()


PartOf = Callable[[Platform, Record], Part]


def flags(values: Mapping[str, object]) -> tuple[str, ...]:
    """Write `--name=value` for each pair; True and False in lower case, as Go reads them."""
    return tuple(
        f"--{name}={str(value).lower() if isinstance(value, bool) else value}"
        for name, value in values.items()
    )

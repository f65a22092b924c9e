"""A wave: its window, its systems, and of each what moves where."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from pathlib import Path
from typing import Annotated

from pydantic import AwareDatetime, Field, model_validator

from playbooks.migration.cutover.smoke import SmokeTest
from stacks.models.base import Model

Word = Annotated[str, Field(pattern="^[a-z][a-z0-9_]{0,30}$")]
Slug = Annotated[str, Field(pattern="^[a-z0-9][a-z0-9-]{0,62}$")]
Port = Annotated[int, Field(ge=1, le=65535)]
Words = Annotated[tuple[str, ...], Field(min_length=1)]


class PostgresEnd(Model):
    """A PostgreSQL database; the password lies in a file, never here."""

    host: str
    port: Port = 5432
    database: str
    user: str
    password_file: Path | None = None
    sslmode: str = Field(
        default="prefer", pattern="^(disable|prefer|require|verify-ca|verify-full)$"
    )
    seen_from: tuple[str, Port] | None = Field(
        default=None, description="Host and port by which the other server reaches it."
    )


class MariadbEnd(Model):
    """A MariaDB or MySQL database; the password lies in a file, never here."""

    host: str
    port: Port = 3306
    database: str
    user: str
    password_file: Path | None = None
    ca_file: Path | None = None


class FolderEnd(Model):
    """A folder on a host that ssh reaches."""

    host: Annotated[str, Field(pattern="^[^-]")]
    path: Annotated[str, Field(pattern="^/.*[^/]$")]
    user: str | None = None
    port: Port | None = None
    key_file: Path | None = None
    ssh_config: Path | None = None


class PostgresOrder(Model):
    """A PostgreSQL database that moves to PostgreSQL."""

    name: Word
    source: PostgresEnd
    target: PostgresEnd
    room: int | None = Field(default=None, ge=0, description="Bytes that the target may take.")
    most_lag: int = Field(default=1 << 20, ge=0, description="Bytes behind before the switch.")
    queries: dict[str, str] = Field(default_factory=dict, description="Asked of both ends.")


class MariadbOrder(Model):
    """A MariaDB or MySQL database that moves to PostgreSQL, old text decoded on the way."""

    name: Word
    source: MariadbEnd
    target: PostgresEnd
    room: int | None = Field(default=None, ge=0)
    zone: str | None = Field(default=None, description="Where the clock of `datetime` stood.")


class FilesOrder(Model):
    """A folder that moves from host to host."""

    name: Word
    source: FolderEnd
    target: FolderEnd
    services: tuple[str, ...] = Field(default=(), description="Units that write there.")
    new_services: tuple[str, ...] = ()
    unicode_names: bool = False


class EndpointOrder(Model):
    """How people are led to the old side, to a page that asks for patience, to the new side.

    Each is a program with its arguments, without a shell; `ask` prints `old`, `closed` or `new`.
    """

    ask: Words
    old: Words
    closed: Words
    new: Words


class SystemOrder(Model):
    """One system: everything of it moves together."""

    system: Slug
    tenant: Slug
    postgres: tuple[PostgresOrder, ...] = ()
    mariadb: tuple[MariadbOrder, ...] = ()
    files: tuple[FilesOrder, ...] = ()
    endpoint: EndpointOrder
    smoke: tuple[SmokeTest, ...] = ()

    @model_validator(mode="after")
    def _parts(self) -> SystemOrder:
        names = [
            *(each.name for each in self.postgres),
            *(each.name for each in self.mariadb),
            *(each.name for each in self.files),
        ]
        if not names:
            raise ValueError("name at least one database or folder that moves")
        if len(set(names)) != len(names):
            raise ValueError("parts of one system need names of their own")
        return self


class Freeze(Model):
    """Days on which nothing may change."""

    start: AwareDatetime
    end: AwareDatetime


class WaveOrder(Model):
    """Systems that are switched in one window, in this order."""

    wave: Slug
    start: AwareDatetime
    end: AwareDatetime
    freezes: tuple[Freeze, ...] = ()
    rehearsal_days: int = Field(default=30, ge=1, description="How old a rehearsal may be.")
    hold_days: int = Field(default=14, ge=0, description="How long the way back stays open.")
    approvals: int = Field(default=2, ge=1, description="People who must agree to this order.")
    systems: Annotated[tuple[SystemOrder, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _window(self) -> WaveOrder:
        if self.end <= self.start:
            raise ValueError("the window ends before it begins")
        names = [each.system for each in self.systems]
        if len(set(names)) != len(names):
            raise ValueError("a system is named twice")
        return self

    @property
    def hold(self) -> dt.timedelta:
        return dt.timedelta(days=self.hold_days)

    def digest(self) -> str:
        """Give SHA-256 of what is agreed to and rehearsed; another order is another digest."""
        content = self.model_dump(mode="json", exclude={"start", "end", "freezes"})
        text = json.dumps(content, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

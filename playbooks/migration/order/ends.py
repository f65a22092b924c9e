"""The two ends of a part: databases, folders and files on hosts that ssh reaches."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field

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
    seen_from: tuple[str, Port] | None = Field(
        default=None, description="Host and port by which the other server reaches it."
    )


class FolderEnd(Model):
    """A folder or a file on a host that ssh reaches."""

    host: Annotated[str, Field(pattern="^[^-]")]
    path: Annotated[str, Field(pattern="^/.*[^/]$")]
    user: str | None = None
    port: Port | None = None
    key_file: Path | None = None
    ssh_config: Path | None = None

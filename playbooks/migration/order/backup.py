"""Which backups of the old side must be fresh, and restorable, before a switch."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Discriminator, Field, Tag

from playbooks.migration.backup import (
    Backup,
    DumpFile,
    MariadbDump,
    PostgresDump,
    ProgramStore,
    Store,
)
from playbooks.migration.mariadb.place import MariadbPlace
from playbooks.migration.order.ends import FolderEnd, MariadbEnd, PostgresEnd, Word, Words
from playbooks.migration.order.place import place
from playbooks.migration.postgres.place import PostgresPlace
from stacks.models.base import Model

Hours = Annotated[int, Field(ge=1, le=24 * 31, description="How old the newest backup may be.")]


class _Backup(Model):
    name: Word
    hours: Hours = 26


class PostgresBackup(_Backup):
    """What `pg_dump -Fc` wrote into a file on a host."""

    kind: Literal["postgres"]
    file: FolderEnd
    live: PostgresEnd = Field(description="The database that it is a backup of.")
    server: PostgresEnd = Field(description="Where it is restored, into a database of its own.")


class MariadbBackup(_Backup):
    """What `mariadb-dump` or `mysqldump` of one database wrote into a file on a host."""

    kind: Literal["mariadb"]
    file: FolderEnd
    live: MariadbEnd = Field(description="The database that it is a backup of.")
    server: MariadbEnd = Field(description="Where it is restored, into a database of its own.")


class ProgramBackup(_Backup):
    """A backup that the owner's own programs look after."""

    kind: Literal["program"]
    age: Words = Field(description="Prints when the newest was taken, ISO 8601 with an offset.")
    restore: Words = Field(description="Restores it to where it is thrown away.")
    seconds: int = Field(default=3600, ge=1, le=24 * 3600, description="How long it may take.")


BackupOrder: TypeAlias = Annotated[
    Annotated[PostgresBackup, Tag("postgres")]
    | Annotated[MariadbBackup, Tag("mariadb")]
    | Annotated[ProgramBackup, Tag("program")],
    Discriminator("kind"),
]


def backup(order: PostgresBackup | MariadbBackup | ProgramBackup) -> Backup:
    """Give the part that looks for a backup and restores it at a rehearsal."""
    return Backup(order.name, _store(order))


def _store(order: PostgresBackup | MariadbBackup | ProgramBackup) -> Store:
    if isinstance(order, ProgramBackup):
        return ProgramStore(order.name, order.age, order.restore, order.seconds)
    file, name = DumpFile(place(order.file)), f"sen_backup_{order.name}"
    if isinstance(order, PostgresBackup):
        return PostgresDump(file, _postgres(order.live), _postgres(order.server), name)
    return MariadbDump(file, _mariadb(order.live), _mariadb(order.server), name)


def _postgres(end: PostgresEnd) -> PostgresPlace:
    return PostgresPlace(**end.model_dump())


def _mariadb(end: MariadbEnd) -> MariadbPlace:
    return MariadbPlace(**end.model_dump())

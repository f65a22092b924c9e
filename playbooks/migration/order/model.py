"""A wave: its window, its systems, and of each what moves where."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import Annotated

from pydantic import AwareDatetime, Field, model_validator

from playbooks.migration.cutover.smoke import SmokeTest
from playbooks.migration.files.stopping import STOP_SECONDS
from playbooks.migration.order.backup import BackupOrder
from playbooks.migration.order.databases import (
    MariadbOrder,
    refuse_plan_only,
    refuse_shared_servers,
)
from playbooks.migration.order.endpoints import EndpointOrder
from playbooks.migration.order.ends import FolderEnd, PostgresEnd, Slug, Word
from playbooks.migration.order.flow import FlowOrder
from playbooks.migration.order.host import HostOrder
from playbooks.migration.order.standard import PART, StandardOrder
from playbooks.migration.order.web import WebOrder
from playbooks.migration.order.wipe import WipeOrder
from stacks.models.base import Model


class PostgresOrder(Model):
    """A PostgreSQL database that moves to PostgreSQL."""

    name: Word
    source: PostgresEnd
    target: PostgresEnd
    room: int | None = Field(default=None, ge=0, description="Bytes that the target may take.")
    disk: FolderEnd | None = Field(
        default=None,
        description="Folder of the target server's data, asked by ssh what is free.",
        exclude_if=lambda given: given is None,
    )
    most_lag: int = Field(default=1 << 20, ge=0, description="Bytes behind before the switch.")
    queries: dict[str, str] = Field(default_factory=dict, description="Asked of both ends.")


class FilesOrder(Model):
    """A folder that moves from host to host."""

    name: Word
    source: FolderEnd
    target: FolderEnd
    services: tuple[str, ...] = Field(default=(), description="Units that write there.")
    new_services: tuple[str, ...] = ()
    stop_seconds: int = Field(
        default=STOP_SECONDS, ge=1, le=600, description="What they may take to stop; then killed."
    )
    unicode_names: bool = False


class SystemOrder(Model):
    """One system: everything of it moves together."""

    system: Slug
    tenant: Slug
    postgres: tuple[PostgresOrder, ...] = ()
    mariadb: tuple[MariadbOrder, ...] = ()
    files: tuple[FilesOrder, ...] = ()
    web: tuple[WebOrder, ...] = ()
    host: tuple[HostOrder, ...] = ()
    wipe: tuple[WipeOrder, ...] = Field(default=(), description="Done by `finish`, the last.")
    standard: StandardOrder | None = Field(
        default=None, description="Hosts brought to their level before people are let in."
    )
    backups: tuple[BackupOrder, ...] = Field(
        default=(), description="Restored by each rehearsal; fresh at the switch."
    )
    flows: tuple[FlowOrder, ...] = Field(default=(), description="Open before the switch.")
    endpoint: EndpointOrder
    smoke: tuple[SmokeTest, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _plan_only(cls, given: object) -> object:
        refuse_plan_only(given)
        return given

    @model_validator(mode="after")
    def _parts(self) -> SystemOrder:
        names = [
            *(each.name for each in self.postgres),
            *(each.name for each in self.mariadb),
            *(each.name for each in self.files),
            *(each.name for each in self.web),
            *(each.name for each in self.host),
        ]
        if not names:
            raise ValueError("name at least one database, folder, site or host that moves")
        names += [each.name for each in (*self.wipe, *self.backups)]
        names += [PART] if self.standard else []
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
        refuse_shared_servers([each for system in self.systems for each in system.mariadb])
        return self

    @property
    def hold(self) -> dt.timedelta:
        return dt.timedelta(days=self.hold_days)

    def digest(self) -> str:
        """Give SHA-256 of what is agreed to and rehearsed; another order is another digest."""
        content = self.model_dump(mode="json", exclude={"start", "end", "freezes"})
        text = json.dumps(content, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

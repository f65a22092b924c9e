"""What a person says about a host that moves as it is."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from playbooks.migration.files.stopping import STOP_SECONDS
from stacks.models.base import Model

Unit = Annotated[str, Field(pattern=r"^[A-Za-z0-9:_.@\\-]+\.(service|timer|socket|path)$")]
Place = Annotated[str, Field(pattern=r"^/[^\x00-\x1f*?\[\\]*[^\x00-\x1f*?\[\\/]$")]
HostName = Annotated[str, Field(pattern=r"^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$")]


class HostPlan(Model):
    """How a host moves; without a word, everything of it that is not the machine's own."""

    overwrites: HostName = Field(
        description="Name that the new host gives itself: all that is on it is replaced."
    )
    leave_out: tuple[Place, ...] = Field(default=(), description="Folders and files that stay.")
    services: tuple[Unit, ...] = Field(
        default=(), description="Units that move; empty for those that run."
    )
    stay: tuple[Unit, ...] = Field(
        default=(), description="Units that run on where they are: agents of the old room."
    )
    stop_seconds: int = Field(
        default=STOP_SECONDS, ge=1, le=600, description="What they may take to stop; then killed."
    )
    most_deleted: int = Field(default=10_000, ge=0, description="By one pass after the first.")
    kib_a_second: int | None = Field(default=None, ge=1)

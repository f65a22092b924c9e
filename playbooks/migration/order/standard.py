"""Hosts of a move are brought to the standard of their level before people are let in.

It is the last step of filling: what arrived is there, nobody uses it yet, and no switch begins
before it is done, because none begins before all is filled.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field

from playbooks.migration.part import Bystander
from playbooks.migration.steps import Step
from playbooks.migration.steps.pace import Pulse
from playbooks.migration.steps.step import Facts
from stacks.models.base import Model

PART, HARDEN = "standard", "harden"


class StandardOrder(Model):
    """The hosts, and the level that they must have; what they may do, the inventory declares."""

    inventory: Path = Field(description="Ansible inventory, as `sen migrate harden` reads it.")
    level: int | None = Field(
        default=None, ge=1, le=5, description="Asked of all hosts; else sen_level of each."
    )
    ssh_config: Path | None = None
    roles: tuple[Annotated[str, Field(pattern="^[a-z_]+$")], ...] = Field(
        default=(), description="Only these; all where none is named."
    )


# Brings hosts to their level and gives what is worth recording; a host that was not done is an
# error.
Harden = Callable[[StandardOrder], Facts]


@dataclass(frozen=True)
class Standard(Bystander):
    """The new hosts of a system, on their way to their level.

    Nothing of it belongs to the switch: playing roles takes minutes, and people would wait.
    """

    order: StandardOrder
    harden: Harden
    name: str = PART

    def fill(self) -> list[Step]:
        """Bring the hosts to their level; done again it changes nothing."""
        return [Step(HARDEN, self._harden)]

    def _harden(self, _pulse: Pulse) -> Facts:
        return self.harden(self.order)

"""A backup as part of a system: looked for while data are brought over, restored at a rehearsal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from playbooks.migration.part import Bystander
from playbooks.migration.steps import Pulse, Step

Facts = Mapping[str, object]


class Store(Protocol):
    """Where the newest backup lies."""

    def taken(self) -> dt.datetime:
        """Say when it was taken."""
        ...

    def restored(self) -> Facts:
        """Restore it to where it is thrown away, and say what it holds.

        Raises:
            ProblemError: It cannot be restored, or lacks something.
        """
        ...


@dataclass(frozen=True)
class Backup(Bystander):
    """The newest backup of one thing; a rehearsal passes only if it could be restored."""

    name: str
    store: Store

    def fill(self) -> list[Step]:
        """Give the step that finds a wrong name while there is time."""
        return [Step("look", self._look)]

    def rehearsal(self) -> list[Step]:
        return [Step("restore", self._restore)]

    def _look(self, _pulse: Pulse) -> Facts:
        return {"taken": self.store.taken().isoformat(timespec="seconds")}

    def _restore(self, pulse: Pulse) -> Facts:
        return {**self._look(pulse), **self.store.restored()}

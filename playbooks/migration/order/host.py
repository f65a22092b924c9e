"""A whole host that moves as it is, where nothing better fits."""

from __future__ import annotations

from typing import Literal

from playbooks.migration.host.plan import HostPlan
from playbooks.migration.order.ends import FolderEnd, Word


class HostEnd(FolderEnd):
    """A host that ssh reaches, all of it."""

    path: Literal["/"] = "/"


class HostOrder(HostPlan):
    """The old host and the one that becomes it."""

    name: Word
    source: HostEnd
    target: HostEnd

"""What pods take of their memory, as the kernel counts it for their control groups."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from tests.node.node import CGROUPS, Node

POD = re.compile(r"pod([0-9a-f-]{36})$")
MIB = 2**20


class Memory:
    """The most that was seen: processes' own, and with the page cache, in MiB by pod's uid."""

    def __init__(self, nodes: list[Node]) -> None:
        self._nodes = nodes
        self.most: dict[str, tuple[int, int]] = {}

    def look(self) -> None:
        """Look at all pods of the nodes; one that goes meanwhile is no error."""
        for node in self._nodes:
            for group in _pods(node.place.cgroup):
                with suppress(OSError):
                    uid = POD.search(group.name).group(1)
                    own, peak = (round(each / MIB) for each in _read(group))
                    before = self.most.get(uid, (0, 0))
                    self.most[uid] = (max(before[0], own), max(before[1], peak))


def _pods(cgroup: str) -> Iterator[Path]:
    home = CGROUPS / "memory" if (CGROUPS / "memory").exists() else CGROUPS
    for group in (home / cgroup.lstrip("/")).glob("kubepods/**/pod*"):
        if POD.search(group.name):
            yield group


def _read(group: Path) -> tuple[int, int]:
    stat = dict(line.split() for line in (group / "memory.stat").read_text().splitlines())
    peak = group / "memory.max_usage_in_bytes"
    if peak.exists():
        return int(stat["total_rss"]), int(peak.read_text())
    return int(stat["anon"]), int((group / "memory.peak").read_text())

"""Reads what `conntrack -L` prints, or /proc/net/nf_conntrack: a line a connection, no CSV."""

from __future__ import annotations

import re
from collections.abc import Iterator

from playbooks.migration.discover.estate import Flow
from playbooks.migration.discover.flows import joined

CONFIDENCE = 0.8
# The first of each is who asked; the answer's half stands behind.
_LINE = re.compile(
    r"(?:^|\s)(?P<protocol>tcp|udp)\s.*?\bsrc=(?P<source>\S+)\s+dst=(?P<target>\S+)"
    r"\s+sport=\d+\s+dport=(?P<port>\d+)"
)


def is_conntrack(content: str) -> bool:
    """Tell it by its first line; one without ports (ICMP) may come first."""
    head = content.lstrip("\ufeff \n").partition("\n")[0]
    return "src=" in head and "dst=" in head


def flows(content: str) -> tuple[Flow, ...]:
    """Give the connections of TCP and UDP; how long they have been there nobody knows."""
    return joined((), _flows(content))


def _flows(content: str) -> Iterator[Flow]:
    for line in content.splitlines():
        if found := _LINE.search(line):
            yield Flow(
                source=found["source"],
                target=found["target"],
                port=int(found["port"]),
                protocol=found["protocol"],
                ways=("conntrack",),
                count=1,
                confidence=CONFIDENCE,
            )

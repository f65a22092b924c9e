"""Data on disk is encrypted."""

from policies.gates.hosts.answer import Answer, verdict
from policies.gates.hosts.host import Host, Parameters, UnreadableError


def check(host: Host, _parameters: Parameters) -> Answer:
    rows = [line.split(maxsplit=1) for line in host.lines("disks")]
    if not rows:
        raise UnreadableError("disks: none was listed")
    encrypted = [row[-1] for row in rows if row[0] == "crypt"]
    return verdict(
        good=bool(encrypted),
        evidence=f"encrypted: {', '.join(encrypted)}" if encrypted else "none of type crypt",
    )

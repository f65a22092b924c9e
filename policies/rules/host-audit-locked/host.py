"""The audit rules cannot be changed while the host runs."""

from policies.gates.hosts.answer import Answer, verdict
from policies.gates.hosts.host import Host, Parameters


def check(host: Host, _parameters: Parameters) -> Answer:
    found = dict(line.partition(" ")[::2] for line in host.lines("audit_status"))
    return verdict(
        good=found.get("enabled") == "2", evidence=f"enabled {found.get('enabled', 'no')}"
    )

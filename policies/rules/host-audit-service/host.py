"""The kernel keeps an audit record (auditd) from the start."""

from policies.gates.hosts import unit
from policies.gates.hosts.answer import Answer, verdict
from policies.gates.hosts.host import Host, Parameters


def check(host: Host, _parameters: Parameters) -> Answer:
    found = dict(line.partition(" ")[::2] for line in host.lines("audit_status"))
    alive = found.get("enabled") in {"1", "2"} and found.get("pid", "0") != "0"
    starts = bool(unit.enabled(host, ["auditd.service"]))
    said = f"enabled {found.get('enabled', 'no')}, pid {found.get('pid', 'none')}"
    return verdict(
        good=alive and starts,
        evidence=f"{said}; {'starts' if starts else 'does not start'} with the host",
    )

"""The audit record warns before the disk is full."""

from policies.gates.hosts.answer import Answer, verdict
from policies.gates.hosts.host import Host, Parameters, names


def check(host: Host, parameters: Parameters) -> Answer:
    found = {
        key.strip(): value.strip().lower()
        for key, _, value in (line.partition("=") for line in host.lines("audit_config"))
    }
    action = found.get("space_left_action", "ignore").split()[0]
    return verdict(
        good=action in names(parameters, "actions"), evidence=f"space_left_action = {action}"
    )

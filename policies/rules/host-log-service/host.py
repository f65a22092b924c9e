"""A service that keeps logs is running."""

from policies.gates.hosts import unit
from policies.gates.hosts.answer import Answer, verdict
from policies.gates.hosts.host import Host, Parameters, names


def check(host: Host, parameters: Parameters) -> Answer:
    found = unit.running(host, names(parameters, "services"))
    return verdict(good=bool(found), evidence=", ".join(found) or "none of them is running")

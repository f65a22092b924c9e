"""Logs are sent to the central store."""

from policies.gates.hosts import log, unit
from policies.gates.hosts.answer import Answer, verdict
from policies.gates.hosts.host import Host, Parameters, names


def check(host: Host, parameters: Parameters) -> Answer:
    shippers = unit.running(host, names(parameters, "shippers"))
    targets = log.targets(host) if unit.running(host, ("rsyslog.service",)) else []
    if not targets:
        return verdict(good=bool(shippers), evidence=", ".join(shippers) or "no target")
    wanted = host.declared.log_servers
    good = bool(shippers) or not wanted or any(each in wanted for each in targets)
    return verdict(good=good, evidence=f"rsyslog to {', '.join(targets)}")

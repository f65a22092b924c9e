"""Changes of accounts, rights and time are recorded."""

from policies.gates.hosts.answer import Answer, none_of
from policies.gates.hosts.host import Host, Parameters, names
from policies.gates.hosts.log import audited


def check(host: Host, parameters: Parameters) -> Answer:
    found = host.lines("audit_rules")
    watched = names(parameters, "watched")
    missing = [each for each in watched if not any(audited(line, each) for line in found)]
    return none_of((f"no rule about {each}" for each in missing), f"{len(found)} rules")

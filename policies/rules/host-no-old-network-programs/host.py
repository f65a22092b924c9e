"""No program is installed that sends passwords in clear."""

from policies.gates.hosts.answer import Answer, none_of
from policies.gates.hosts.host import Host, Parameters, names


def check(host: Host, parameters: Parameters) -> Answer:
    found = host.packages
    return none_of(sorted(found & set(names(parameters, "refused"))), f"{len(found)} packages")

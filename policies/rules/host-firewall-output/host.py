"""The host's firewall refuses what may not go out."""

from policies.gates.hosts import firewall
from policies.gates.hosts.answer import Answer
from policies.gates.hosts.host import Host, Parameters


def check(host: Host, _parameters: Parameters) -> Answer:
    return firewall.closed(host, "output")

"""The host's firewall refuses what may not pass through."""

from policies.gates.hosts import firewall
from policies.gates.hosts.answer import Answer
from policies.gates.hosts.host import Host, Parameters


def check(host: Host, _parameters: Parameters) -> Answer:
    return firewall.closed(host, "forward")

"""The host takes no packets that choose their own route."""

from policies.gates.hosts import kernel
from policies.gates.hosts.answer import Answer
from policies.gates.hosts.host import Host, Parameters


def check(host: Host, _parameters: Parameters) -> Answer:
    keys = [f"net/{each}/conf/all/accept_source_route" for each in ("ipv4", "ipv6")]
    return kernel.all_are(host, "sysctl_net", kernel.each(keys, "0", "-1"))

"""The host takes and sends no redirects of routes."""

from policies.gates.hosts import kernel
from policies.gates.hosts.answer import Answer
from policies.gates.hosts.host import Host, Parameters


def check(host: Host, _parameters: Parameters) -> Answer:
    v4 = [
        f"net/ipv4/conf/all/{each}"
        for each in ("accept_redirects", "secure_redirects", "send_redirects")
    ]
    return kernel.all_are(
        host, "sysctl_net", kernel.each([*v4, "net/ipv6/conf/all/accept_redirects"], "0")
    )

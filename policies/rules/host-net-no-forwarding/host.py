"""The host forwards no packets unless that is declared."""

from policies.gates.hosts import kernel
from policies.gates.hosts.answer import Answer, absent
from policies.gates.hosts.host import Host, Parameters


def check(host: Host, _parameters: Parameters) -> Answer:
    if host.declared.forwards:
        return absent("the inventory declares that it forwards")
    keys = ["net/ipv4/ip_forward", "net/ipv6/conf/all/forwarding"]
    return kernel.all_are(host, "sysctl_net", kernel.each(keys, "0"))

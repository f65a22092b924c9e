"""The host takes no IPv6 settings from just any router."""

from policies.gates.hosts import kernel
from policies.gates.hosts.answer import Answer, absent
from policies.gates.hosts.host import Host, Parameters


def check(host: Host, _parameters: Parameters) -> Answer:
    keys = ["net/ipv6/conf/all/accept_ra", "net/ipv6/conf/default/accept_ra"]
    found = kernel.settings(host, "sysctl_net")
    if found and not any(each.startswith("net/ipv6/") for each in found):
        return absent("no IPv6 on this host")
    return kernel.all_are(host, "sysctl_net", kernel.each(keys, "0"))

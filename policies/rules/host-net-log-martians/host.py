"""Packets with impossible addresses are recorded."""

from policies.gates.hosts import kernel
from policies.gates.hosts.answer import Answer
from policies.gates.hosts.host import Host, Parameters


def check(host: Host, _parameters: Parameters) -> Answer:
    return kernel.all_are(host, "sysctl_net", kernel.each(["net/ipv4/conf/all/log_martians"], "1"))

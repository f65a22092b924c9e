"""Privileged programs leave no copy of their memory."""

from policies.gates.hosts import kernel
from policies.gates.hosts.answer import Answer
from policies.gates.hosts.host import Host, Parameters


def check(host: Host, _parameters: Parameters) -> Answer:
    return kernel.all_are(host, "sysctl_kernel", kernel.each(["fs/suid_dumpable"], "0"))

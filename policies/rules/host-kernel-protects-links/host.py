"""The kernel protects links in shared folders."""

from policies.gates.hosts import kernel
from policies.gates.hosts.answer import Answer
from policies.gates.hosts.host import Host, Parameters


def check(host: Host, _parameters: Parameters) -> Answer:
    keys = ["fs/protected_hardlinks", "fs/protected_symlinks"]
    return kernel.all_are(host, "sysctl_kernel", kernel.each(keys, "1"))

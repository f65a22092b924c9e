"""Programs do not look into the memory of others."""

from policies.gates.hosts import kernel
from policies.gates.hosts.answer import Answer
from policies.gates.hosts.host import Host, Parameters


def check(host: Host, _parameters: Parameters) -> Answer:
    return kernel.all_are(
        host, "sysctl_kernel", kernel.each(["kernel/yama/ptrace_scope"], "1", "2", "3")
    )

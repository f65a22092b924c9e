"""The kernel hides its addresses and messages from ordinary users."""

from policies.gates.hosts import kernel
from policies.gates.hosts.answer import Answer
from policies.gates.hosts.host import Host, Parameters


def check(host: Host, _parameters: Parameters) -> Answer:
    wanted = kernel.each(["kernel/kptr_restrict"], "1", "2")
    return kernel.all_are(
        host, "sysctl_kernel", wanted | kernel.each(["kernel/dmesg_restrict"], "1")
    )

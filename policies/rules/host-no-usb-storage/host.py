"""The host takes no USB disks."""

from policies.gates.hosts import kernel
from policies.gates.hosts.answer import Answer
from policies.gates.hosts.host import Host, Parameters, names


def check(host: Host, parameters: Parameters) -> Answer:
    return kernel.modules_refused(host, names(parameters, "modules"))

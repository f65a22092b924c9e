"""Nothing is run from shared memory."""

from policies.gates.hosts.answer import Answer
from policies.gates.hosts.host import Host, Parameters
from policies.gates.hosts.mode import mount_has


def check(host: Host, _parameters: Parameters) -> Answer:
    return mount_has(host, "/dev/shm", ("nodev", "nosuid", "noexec"))  # noqa: S108 - a mount point

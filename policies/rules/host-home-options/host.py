"""The users' file system holds no devices and no privileged programs."""

from policies.gates.hosts.answer import Answer, absent
from policies.gates.hosts.host import Host, Parameters
from policies.gates.hosts.mode import mount_has


def check(host: Host, _parameters: Parameters) -> Answer:
    if not any(line.split()[0] == "/home" for line in host.lines("mounts")):
        return absent("/home is no file system of its own")
    return mount_has(host, "/home", ("nodev", "nosuid"))

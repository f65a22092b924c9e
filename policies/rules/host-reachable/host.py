"""The host can be looked at, as an administrator."""

from policies.gates.hosts.answer import Answer, passes, unseen
from policies.gates.hosts.host import Host, Parameters


def check(host: Host, _parameters: Parameters) -> Answer:
    host.read("passwd")
    if host.readings.root:
        return passes(f"reached; read as root; container: {host.readings.container}")
    return unseen(f"reached, but not as root: {host.readings.no_root or 'no sudo'}")

"""SSH does not forward agents that hold keys."""

from policies.gates.hosts import sshd
from policies.gates.hosts.answer import Answer, passes
from policies.gates.hosts.host import Host, Parameters


def check(host: Host, _parameters: Parameters) -> Answer:
    if sshd.options(host).get("disableforwarding") == "yes":
        return passes("disableforwarding yes")
    return sshd.is_one_of(host, "allowagentforwarding", ("no",))

"""Nobody logs in as root over SSH."""

from policies.gates.hosts import sshd
from policies.gates.hosts.answer import Answer
from policies.gates.hosts.host import Host, Parameters, names


def check(host: Host, parameters: Parameters) -> Answer:
    return sshd.is_one_of(host, "permitrootlogin", names(parameters, "allowed"))

"""SSH offers strong key exchange only."""

from policies.gates.hosts import sshd
from policies.gates.hosts.answer import Answer
from policies.gates.hosts.host import Host, Parameters, names


def check(host: Host, parameters: Parameters) -> Answer:
    return sshd.only(host, "kexalgorithms", names(parameters, "allowed"))

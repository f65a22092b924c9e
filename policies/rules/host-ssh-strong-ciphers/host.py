"""SSH offers strong ciphers only."""

from policies.gates.hosts import sshd
from policies.gates.hosts.answer import Answer
from policies.gates.hosts.host import Host, Parameters, names


def check(host: Host, parameters: Parameters) -> Answer:
    return sshd.only(host, "ciphers", names(parameters, "allowed"))

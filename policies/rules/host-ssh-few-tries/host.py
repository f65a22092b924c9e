"""One SSH connection allows only a few tries to log in."""

from policies.gates.hosts import sshd
from policies.gates.hosts.answer import Answer
from policies.gates.hosts.host import Host, Parameters, number


def check(host: Host, parameters: Parameters) -> Answer:
    return sshd.at_most(host, "maxauthtries", number(parameters, "most"))

"""SSH records every log-in."""

from policies.gates.hosts import sshd
from policies.gates.hosts.answer import Answer
from policies.gates.hosts.host import Host, Parameters


def check(host: Host, _parameters: Parameters) -> Answer:
    return sshd.is_one_of(host, "loglevel", ("INFO", "VERBOSE"))

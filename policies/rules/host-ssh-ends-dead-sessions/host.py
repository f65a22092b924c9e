"""SSH sessions whose client is gone are closed."""

from policies.gates.hosts import sshd
from policies.gates.hosts.answer import Answer, verdict
from policies.gates.hosts.host import Host, Parameters, number


def check(host: Host, parameters: Parameters) -> Answer:
    every = sshd.number(host, "clientaliveinterval")
    times = sshd.number(host, "clientalivecountmax")
    good = 0 < every * times <= number(parameters, "seconds")
    return verdict(good=good, evidence=f"clientaliveinterval {every}, clientalivecountmax {times}")

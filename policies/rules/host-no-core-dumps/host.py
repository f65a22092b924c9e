"""Users cannot make copies of programs' memory."""

from policies.gates.hosts.answer import Answer, verdict
from policies.gates.hosts.host import Host, Parameters

WANTED = (["*", "hard", "core", "0"], ["*", "-", "core", "0"])


def check(host: Host, _parameters: Parameters) -> Answer:
    good = any(line.split() in WANTED for line in host.lines("limits"))
    return verdict(good=good, evidence="* hard core 0" if good else "no line `* hard core 0`")

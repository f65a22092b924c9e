"""There is room for logs."""

from policies.gates.hosts.answer import Answer, verdict
from policies.gates.hosts.host import Host, Parameters, number


def check(host: Host, parameters: Parameters) -> Answer:
    row = host.read("log_space").split()
    used = int(row[4].rstrip("%"))
    return verdict(good=used <= number(parameters, "percent"), evidence=f"{row[5]}: {used} % used")

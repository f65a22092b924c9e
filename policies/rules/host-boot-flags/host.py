"""The kernel starts with its record and its protections on."""

from policies.gates.hosts.answer import Answer, none_of
from policies.gates.hosts.host import Host, Parameters, names


def check(host: Host, parameters: Parameters) -> Answer:
    flags = host.read("boot_flags").split()
    broken = [f"without {each}" for each in names(parameters, "wanted") if each not in flags]
    broken += [each for each in names(parameters, "refused") if each in flags]
    return none_of(broken, "audit=1, no protection off")

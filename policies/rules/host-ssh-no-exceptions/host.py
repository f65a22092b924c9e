"""No Match block loosens what sshd allows."""

from policies.gates.hosts.answer import Answer, none_of
from policies.gates.hosts.host import Host, Parameters, names


def check(host: Host, parameters: Parameters) -> Answer:
    found = host.lines("sshd_exceptions")
    loosening = names(parameters, "loosening")
    broken = [line for line in found if _setting(line) in loosening]
    return none_of(broken, f"{len(found)} settings in Match blocks")


def _setting(line: str) -> str:
    """Give `name value` of `Match User a |   Name = value`, as sshd reads it."""
    return " ".join(line.partition(" | ")[2].lower().replace("=", " ").split())

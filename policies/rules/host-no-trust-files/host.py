"""No .rhosts, hosts.equiv or .netrc is left."""

from policies.gates.hosts.answer import Answer, none_of
from policies.gates.hosts.host import Host, Parameters
from policies.gates.hosts.mode import private_files


def check(host: Host, _parameters: Parameters) -> Answer:
    ends = (".rhosts", ".shosts", ".netrc", "hosts.equiv")
    left = [each.path for each in private_files(host) if each.path.endswith(ends)]
    return none_of(left, "no such file")

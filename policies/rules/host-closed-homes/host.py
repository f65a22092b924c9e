"""Everybody's home is closed to others."""

from policies.gates.hosts.answer import Answer, none_of
from policies.gates.hosts.host import Host, Parameters
from policies.gates.hosts.mode import private_files


def check(host: Host, _parameters: Parameters) -> Answer:
    homes = [each for each in private_files(host) if each.is_home]
    broken = [str(each) for each in homes if each.bits & 0o027 or each.owner != each.user]
    return none_of(broken, f"{len(homes)} homes")

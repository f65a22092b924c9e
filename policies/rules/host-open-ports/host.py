"""Only declared ports are open."""

from policies.gates.hosts import listening
from policies.gates.hosts.answer import Answer, none_of
from policies.gates.hosts.host import Host, Parameters, UnreadableError


def check(host: Host, _parameters: Parameters) -> Answer:
    declared = host.declared.open_ports
    if declared is None:
        raise UnreadableError("the inventory does not declare sen_open_ports")
    wanted = {each if "/" in each else f"{each}/tcp" for each in declared}
    found = listening.ports(host)
    strange = [str(each) for each in found if each.name not in wanted and not each.local]
    return none_of(
        dict.fromkeys(strange),
        f"open: {', '.join(sorted({p.name for p in found if not p.local})) or 'none'}",
    )

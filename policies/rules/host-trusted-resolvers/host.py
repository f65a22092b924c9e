"""Names are looked up at trusted DNS servers."""

from policies.gates.hosts.answer import Answer, none_of
from policies.gates.hosts.host import Host, Parameters, UnreadableError


def check(host: Host, _parameters: Parameters) -> Answer:
    wanted = host.declared.dns_servers
    if not wanted:
        raise UnreadableError("the inventory does not declare sen_dns_servers")
    used = [line.split()[1] for line in host.lines("resolvers")]
    local = ("127.", "::1")
    strange = [
        f"nameserver {each}" for each in used if each not in wanted and not each.startswith(local)
    ]
    return none_of(strange, f"nameserver {', '.join(used) or 'none'}")

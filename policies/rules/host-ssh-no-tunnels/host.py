"""SSH opens no tunnels, but on a declared jump host."""

from policies.gates.hosts import sshd
from policies.gates.hosts.answer import Answer, none_of, passes
from policies.gates.hosts.host import Host, Parameters


def check(host: Host, _parameters: Parameters) -> Answer:
    if sshd.options(host).get("disableforwarding") == "yes":
        return passes("disableforwarding yes")
    asked = ["permittunnel"] if host.declared.jump_host else ["permittunnel", "allowtcpforwarding"]
    found = {name: sshd.option(host, name) for name in asked}
    said = [f"{name} {value}" for name, value in found.items()]
    return none_of((each for each in said if not each.endswith(" no")), "; ".join(said))

"""Nobody is logged in automatically."""

from policies.gates.hosts.answer import Answer, none_of
from policies.gates.hosts.host import Host, Parameters


def check(host: Host, _parameters: Parameters) -> Answer:
    found = [line.partition(":")[0] for line in host.lines("autologin")]
    return none_of(
        (f"automatic log-in: {each}" for each in dict.fromkeys(found)), "no automatic log-in"
    )

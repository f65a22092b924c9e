"""System accounts cannot log in."""

from policies.gates.hosts import account
from policies.gates.hosts.answer import Answer, none_of
from policies.gates.hosts.host import Host, Parameters


def check(host: Host, _parameters: Parameters) -> Answer:
    system = {each.name: each for each in account.accounts(host) if each.is_system}
    broken = [f"{each.name}: shell {each.shell}" for each in system.values() if each.logs_in]
    broken += [
        f"{each.name}: has a password"
        for each in account.passwords(host)
        if each.usable and each.name in system
    ]
    return none_of(broken, f"{len(system)} system accounts")

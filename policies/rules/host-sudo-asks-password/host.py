"""sudo asks for a password, but from declared accounts."""

from policies.gates.hosts import sudo
from policies.gates.hosts.answer import Answer, none_of
from policies.gates.hosts.host import Host, Parameters


def check(host: Host, _parameters: Parameters) -> Answer:
    free = [
        each
        for each in sudo.grants(host)
        if each.without_password and each.who not in host.declared.sudo_without_password
    ]
    broken = [f"{each.who}: NOPASSWD" for each in free] + sudo.not_authenticated(host)
    return none_of(dict.fromkeys(broken), "no NOPASSWD beside what is declared")

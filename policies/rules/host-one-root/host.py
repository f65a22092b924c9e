"""Only one account is root."""

from policies.gates.hosts import account
from policies.gates.hosts.answer import Answer, none_of
from policies.gates.hosts.host import Host, Parameters, UnreadableError


def check(host: Host, _parameters: Parameters) -> Answer:
    roots = [each.name for each in account.accounts(host) if each.uid == 0]
    if not roots:
        raise UnreadableError("passwd: no root was listed")
    return none_of((f"{each}: uid 0" for each in roots if each != "root"), "root: uid 0")

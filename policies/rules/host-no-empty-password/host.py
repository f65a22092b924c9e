"""No account has an empty password."""

from policies.gates.hosts import account
from policies.gates.hosts.answer import Answer, none_of
from policies.gates.hosts.host import Host, Parameters, UnreadableError


def check(host: Host, _parameters: Parameters) -> Answer:
    found = list(account.passwords(host))
    if not found:
        raise UnreadableError("shadow: no account was listed")
    return none_of(
        (f"{each.name}: no password" for each in found if each.state == "empty"),
        f"{len(found)} accounts",
    )

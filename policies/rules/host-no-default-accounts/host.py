"""Default accounts of suppliers are gone or locked."""

from policies.gates.hosts import account
from policies.gates.hosts.answer import Answer, none_of
from policies.gates.hosts.host import Host, Parameters, names


def check(host: Host, parameters: Parameters) -> Answer:
    default = names(parameters, "default")
    able = {each.name for each in account.accounts(host) if each.logs_in}
    unlocked = [
        f"{each.name}: password {each.state}"
        for each in account.passwords(host)
        if each.state != "locked" and each.name in default and each.name in able
    ]
    return none_of(unlocked, "no default account that can be used")

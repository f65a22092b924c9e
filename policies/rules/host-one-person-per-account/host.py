"""Every account and group has a number and a name of its own."""

from policies.gates.hosts import account
from policies.gates.hosts.answer import Answer, none_of
from policies.gates.hosts.host import Host, Parameters


def check(host: Host, _parameters: Parameters) -> Answer:
    people = [(each.name, str(each.uid)) for each in account.accounts(host)]
    groups = [(line.split(":")[0], line.split(":")[1]) for line in host.lines("group")]
    twice = account.repeated("account", people) + account.repeated("group", groups)
    return none_of(twice, f"{len(people)} accounts, {len(groups)} groups")

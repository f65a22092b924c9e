"""Accounts that are not used are shut after 45 days."""

from policies.gates.hosts import account
from policies.gates.hosts.answer import Answer, none_of
from policies.gates.hosts.host import Host, Parameters, number


def check(host: Host, parameters: Parameters) -> Answer:
    most = number(parameters, "days")
    default = int(
        dict(line.partition("=")[::2] for line in host.lines("useradd")).get("INACTIVE") or -1
    )
    late = [] if 0 <= default <= most else [f"INACTIVE={default}"]
    late += [
        f"{each.name}: {'never' if each.inactive is None else each.inactive}"
        for each in account.passwords(host)
        if each.usable and (each.inactive is None or each.inactive > most)
    ]
    return none_of(late, f"INACTIVE={default}")

"""Passwords are changed within two months."""

from policies.gates.hosts import account
from policies.gates.hosts.answer import Answer, none_of
from policies.gates.hosts.host import Host, Parameters, number


def check(host: Host, parameters: Parameters) -> Answer:
    most = number(parameters, "days")
    default = account.login_defs(host).get("PASS_MAX_DAYS", "99999")
    late = [] if 0 < int(default) <= most else [f"PASS_MAX_DAYS {default}"]
    late += [
        f"{each.name}: {each.most_days or 'never'}"
        for each in account.passwords(host)
        if each.usable and not (each.most_days and each.most_days <= most)
    ]
    return none_of(late, f"PASS_MAX_DAYS {default}")

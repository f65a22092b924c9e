"""Passwords are kept with a strong hash."""

from policies.gates.hosts import account
from policies.gates.hosts.answer import Answer, none_of
from policies.gates.hosts.host import Host, Parameters, names


def check(host: Host, parameters: Parameters) -> Answer:
    strong = names(parameters, "strong")
    method = account.login_defs(host).get("ENCRYPT_METHOD", "DES").lower()
    weak = [] if method in strong else [f"ENCRYPT_METHOD {method.upper()}"]
    weak += [
        f"{each.name}: {each.state}"
        for each in account.passwords(host)
        if each.usable and each.state not in strong
    ]
    return none_of(weak, f"ENCRYPT_METHOD {method.upper()}")

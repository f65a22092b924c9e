"""Only named people or groups log in over SSH."""

from policies.gates.hosts import sshd
from policies.gates.hosts.answer import Answer, verdict
from policies.gates.hosts.host import Host, Parameters


def check(host: Host, _parameters: Parameters) -> Answer:
    found = sshd.options(host)
    said = [f"{name} {found[name]}" for name in ("allowgroups", "allowusers") if found.get(name)]
    good = bool(said) and not any(each.endswith(" *") for each in said)
    return verdict(good=good, evidence="; ".join(said) or "neither allowgroups nor allowusers")

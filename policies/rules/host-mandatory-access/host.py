"""AppArmor or SELinux is in force."""

from policies.gates.hosts.answer import Answer, verdict
from policies.gates.hosts.host import Host, Parameters


def check(host: Host, _parameters: Parameters) -> Answer:
    found = dict(line.partition("=")[::2] for line in host.lines("mandatory_access"))
    good = found.get("apparmor") == "Y" or found.get("selinux") == "Enforcing"
    return verdict(
        good=good,
        evidence=", ".join(f"{key}: {value or 'no'}" for key, value in found.items()) or "neither",
    )

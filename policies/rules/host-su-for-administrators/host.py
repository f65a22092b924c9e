"""Only the administrators' group changes user with su."""

from policies.gates.hosts import pam
from policies.gates.hosts.answer import Answer, verdict
from policies.gates.hosts.host import Host, Parameters


def check(host: Host, _parameters: Parameters) -> Answer:
    found = [each for each in pam.steps(host, "auth", ("su",)) if each.module == "pam_wheel.so"]
    good = any(each.control in {"required", "requisite"} for each in found)
    return verdict(good=good, evidence="; ".join(map(str, found)) or "su: no pam_wheel")

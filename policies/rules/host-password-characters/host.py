"""New passwords have all four kinds of characters."""

from policies.gates.hosts import pam
from policies.gates.hosts.answer import Answer, absent, fails, verdict
from policies.gates.hosts.host import Host, Parameters, number


def check(host: Host, parameters: Parameters) -> Answer:
    if host.declared.mfa:
        return absent("the inventory declares a second factor")
    step = pam.step(host, "password", "pam_pwquality.so", "pam_cracklib.so")
    if step is None:
        return fails("no pam_pwquality among the password modules")
    said = pam.settings(host, "pwquality", step)
    asked = sum(
        int(said.get(each, "0")) < 0 for each in ("dcredit", "ucredit", "lcredit", "ocredit")
    )
    kinds = max(asked, int(said.get("minclass", "0")))
    return verdict(
        good=kinds >= number(parameters, "kinds"), evidence=f"{step}; kinds asked for: {kinds}"
    )

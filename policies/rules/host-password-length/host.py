"""New passwords are long enough."""

from policies.gates.hosts import pam
from policies.gates.hosts.answer import Answer, fails, verdict
from policies.gates.hosts.host import Host, Parameters, number


def check(host: Host, parameters: Parameters) -> Answer:
    step = pam.step(host, "password", "pam_pwquality.so", "pam_cracklib.so")
    if step is None:
        return fails("no pam_pwquality among the password modules")
    least = number(parameters, "least_with_mfa" if host.declared.mfa else "least")
    said = pam.settings(host, "pwquality", step).get("minlen", "8")
    return verdict(good=int(said) >= least, evidence=f"{step}; minlen = {said}")

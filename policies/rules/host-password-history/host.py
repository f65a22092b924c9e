"""The last ten passwords are not used again."""

from policies.gates.hosts import pam
from policies.gates.hosts.answer import Answer, fails, verdict
from policies.gates.hosts.host import Host, Parameters, number


def check(host: Host, parameters: Parameters) -> Answer:
    step = pam.step(host, "password", "pam_pwhistory.so")
    if step is None:
        return fails("no pam_pwhistory among the password modules")
    said = pam.settings(host, "pwhistory", step).get("remember", "10")
    return verdict(
        good=int(said) >= number(parameters, "last"), evidence=f"{step}; remember = {said}"
    )

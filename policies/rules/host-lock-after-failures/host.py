"""An account locks after a few failed log-ins."""

from policies.gates.hosts import pam
from policies.gates.hosts.answer import Answer, fails, verdict
from policies.gates.hosts.host import Host, Parameters, number


def check(host: Host, parameters: Parameters) -> Answer:
    step = pam.step(host, "auth", "pam_faillock.so", "pam_tally2.so")
    if step is None:
        return fails("no pam_faillock among the log-in modules")
    said = pam.settings(host, "faillock", step)
    tries, seconds = int(said.get("deny", "3")), int(said.get("unlock_time", "600"))
    long = number(parameters, "seconds") <= seconds <= number(parameters, "most_seconds")
    good = 1 <= tries <= number(parameters, "tries") and (long or seconds == 0)
    return verdict(good=good, evidence=f"{step}; deny = {tries}, unlock_time = {seconds}")

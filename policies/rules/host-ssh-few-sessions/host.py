"""SSH limits how many connections and sessions there are at once."""

from policies.gates.hosts import sshd
from policies.gates.hosts.answer import Answer, verdict
from policies.gates.hosts.host import Host, Parameters, number


def check(host: Host, parameters: Parameters) -> Answer:
    sessions = sshd.number(host, "maxsessions")
    startups = sshd.option(host, "maxstartups")
    few = int(startups.split(":")[-1]) <= number(parameters, "startups")
    good = few and sessions <= number(parameters, "sessions")
    return verdict(good=good, evidence=f"maxsessions {sessions}, maxstartups {startups}")

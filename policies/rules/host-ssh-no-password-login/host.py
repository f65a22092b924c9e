"""A password alone does not open SSH."""

from policies.gates.hosts import sshd
from policies.gates.hosts.answer import Answer, none_of, passes
from policies.gates.hosts.host import Host, Parameters


def check(host: Host, _parameters: Parameters) -> Answer:
    ways = sshd.options(host).get("authenticationmethods", "any")
    if all("publickey" in way.split(",") for way in ways.split()):
        return passes(f"authenticationmethods {ways}")
    asked = ("passwordauthentication", "kbdinteractiveauthentication")
    open_ways = [each for each in asked if sshd.option(host, each) != "no"]
    return none_of((f"{each} yes" for each in open_ways), "passwordauthentication no")

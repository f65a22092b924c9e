"""SSH trusts nobody because of the machine they come from."""

from policies.gates.hosts import sshd
from policies.gates.hosts.answer import Answer, verdict
from policies.gates.hosts.host import Host, Parameters


def check(host: Host, _parameters: Parameters) -> Answer:
    based, ignored = sshd.option(host, "hostbasedauthentication"), sshd.option(host, "ignorerhosts")
    good = based == "no" and ignored != "no"
    return verdict(good=good, evidence=f"hostbasedauthentication {based}, ignorerhosts {ignored}")

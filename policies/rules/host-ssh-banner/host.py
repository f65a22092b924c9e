"""SSH shows a warning before log-in."""

from policies.gates.hosts import sshd
from policies.gates.hosts.answer import Answer, fails, passes
from policies.gates.hosts.host import Host, Parameters


def check(host: Host, _parameters: Parameters) -> Answer:
    path = sshd.option(host, "banner")
    if path == "none":
        return fails("banner none")
    if path in {"/etc/issue.net", "/etc/issue"} and not host.lines("banners"):
        return fails(f"banner {path}: empty")
    return passes(f"banner {path}")

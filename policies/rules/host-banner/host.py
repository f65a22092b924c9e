"""The log-in screen warns and does not tell what the system is."""

from policies.gates.hosts.answer import Answer, fails, none_of
from policies.gates.hosts.host import Host, Parameters, names


def check(host: Host, parameters: Parameters) -> Answer:
    text = host.read("banners").strip()
    if not text:
        return fails("/etc/issue and /etc/issue.net are empty")
    return none_of(
        (f"/etc/issue tells {each}" for each in names(parameters, "telling") if each in text), text
    )

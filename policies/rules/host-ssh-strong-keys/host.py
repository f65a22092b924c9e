"""SSH takes no signatures with SHA-1 or DSA."""

from policies.gates.hosts import sshd
from policies.gates.hosts.answer import Answer, none_of
from policies.gates.hosts.host import Host, Parameters, names


def check(host: Host, parameters: Parameters) -> Answer:
    refused = names(parameters, "refused")
    weak = [
        f"{name} {each}"
        for name in ("hostkeyalgorithms", "pubkeyacceptedalgorithms")
        for each in sshd.option(host, name).split(",")
        if each in refused
    ]
    return none_of(weak, f"hostkeyalgorithms {sshd.option(host, 'hostkeyalgorithms')}")

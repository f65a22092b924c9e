"""Commands run by sudo get a terminal of their own."""

from policies.gates.hosts import sudo
from policies.gates.hosts.answer import Answer, verdict
from policies.gates.hosts.host import Host, Parameters


def check(host: Host, _parameters: Parameters) -> Answer:
    found = sudo.defaults(host)
    good = found.get("use_pty") == "yes"
    return verdict(
        good=good,
        evidence="Defaults use_pty" if good else f"use_pty: {found.get('use_pty', 'not set')}",
    )

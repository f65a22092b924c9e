"""Administrators run programs from the system's folders only."""

from policies.gates.hosts.answer import Answer, none_of
from policies.gates.hosts.host import Host, Parameters, UnreadableError, names


def check(host: Host, parameters: Parameters) -> Answer:
    found = dict(line.partition("=")[::2] for line in host.lines("login_shell"))
    if "PATH" not in found:
        raise UnreadableError("login_shell: no bash to ask")
    places = names(parameters, "places")
    strange = [
        each or "(empty)" for each in found["PATH"].split(":") if not each.startswith(places)
    ]
    return none_of((f"PATH has {each}" for each in strange), f"PATH={found['PATH']}")

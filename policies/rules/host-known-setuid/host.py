"""Only known programs run with the rights of others."""

from policies.gates.hosts.answer import Answer, none_of
from policies.gates.hosts.host import Host, Parameters, names
from policies.gates.hosts.mode import tagged


def check(host: Host, parameters: Parameters) -> Answer:
    known, places = set(names(parameters, "known")), names(parameters, "places")
    strange = [
        path
        for path in tagged(host, "setuid")
        if path not in host.declared.setuid
        and not (path.startswith(places) and path.rsplit("/", 1)[-1] in known)
    ]
    return none_of(strange, "every setuid program is known")

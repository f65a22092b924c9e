"""Only those in charge read the logs, and ordinary users do not write them."""

from policies.gates.hosts.answer import Answer, none_of
from policies.gates.hosts.host import Host, Parameters, names
from policies.gates.hosts.mode import modes


def check(host: Host, parameters: Parameters) -> Answer:
    private = names(parameters, "private")
    found = list(modes(host.lines("log_files")))
    broken = [
        str(each)
        for each in found
        if each.bits & 0o002
        or (each.bits & 0o004 and each.path.removeprefix("/var/log/").startswith(private))
        or (each.bits & 0o004 and "/audit/" in each.path)
    ]
    return none_of(broken, f"{len(found)} log files")

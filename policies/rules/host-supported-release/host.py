"""The operating system is still supported."""

from datetime import date

from policies.gates.hosts.answer import Answer, verdict
from policies.gates.hosts.host import Host, Parameters, UnreadableError, names


def check(host: Host, parameters: Parameters) -> Answer:
    system, version = host.release.get("ID", ""), host.release.get("VERSION_ID", "")
    ends = dict(each.split("=") for each in names(parameters, "ends"))
    name = f"{system}-{version}"
    end = ends.get(name) or ends.get(f"{system}-{version.partition('.')[0]}")
    if end is None:
        raise UnreadableError(f"nobody has said here when the support of {name} ends")
    return verdict(
        good=host.today <= date.fromisoformat(end), evidence=f"{name}: supported until {end}"
    )

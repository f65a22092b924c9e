"""Services that nobody needs are off."""

from policies.gates.hosts import unit
from policies.gates.hosts.answer import Answer, none_of
from policies.gates.hosts.host import Host, Parameters, names


def check(host: Host, parameters: Parameters) -> Answer:
    wanted = {each.removesuffix(".service") for each in host.declared.services}
    watched = [each for each in names(parameters, "unneeded") if each not in wanted]
    asked = [f"{each}.{kind}" for each in watched for kind in ("service", "socket")]
    on = {*unit.running(host, asked), *unit.enabled(host, asked)}
    return none_of(sorted(on), f"none of {len(watched)} services is on")

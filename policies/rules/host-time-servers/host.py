"""Time comes from the agency's own time servers."""

import re

from policies.gates.hosts.answer import Answer, fails, none_of
from policies.gates.hosts.host import Host, Parameters, UnreadableError


def check(host: Host, _parameters: Parameters) -> Answer:
    wanted = host.declared.time_servers
    used = re.findall(r"^source (\S+)$", host.read("time"), re.MULTILINE)
    for each in re.findall(
        r"^(?:SystemNTPServers|LinkNTPServers)=(.+)$", host.read("time"), re.MULTILINE
    ):
        used += each.split()
    if not wanted:
        raise UnreadableError("the inventory does not declare sen_time_servers")
    if not used:
        return fails("no time server is set")
    return none_of(
        (f"time from {each}" for each in used if each not in wanted), f"time from {', '.join(used)}"
    )

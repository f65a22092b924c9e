"""An idle session of an administrator ends after five minutes."""

from policies.gates.hosts.answer import Answer, verdict
from policies.gates.hosts.host import Host, Parameters, UnreadableError, number


def check(host: Host, parameters: Parameters) -> Answer:
    found = dict(line.partition("=")[::2] for line in host.lines("login_shell"))
    if not found:
        raise UnreadableError("login_shell: no bash to ask")
    seconds = int(found.get("TMOUT") or 0)
    good = 0 < seconds <= number(parameters, "seconds") and found.get("READONLY") == "TMOUT"
    return verdict(
        good=good,
        evidence=f"TMOUT={found.get('TMOUT', '')}{', readonly' if 'READONLY' in found else ''}",
    )

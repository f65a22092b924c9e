"""Every command run by sudo is recorded."""

from policies.gates.hosts import sudo
from policies.gates.hosts.answer import Answer, verdict
from policies.gates.hosts.host import Host, Parameters


def check(host: Host, _parameters: Parameters) -> Answer:
    found = sudo.defaults(host)
    kept = [
        each for each in ("logfile", "log_output", "log_servers") if found.get(each, "no") != "no"
    ]
    return verdict(
        good=bool(kept),
        evidence=f"Defaults {', '.join(kept)}" if kept else "no logfile, no log_output",
    )

"""Logs outlive a restart."""

from policies.gates.hosts import log, unit
from policies.gates.hosts.answer import Answer, passes, verdict
from policies.gates.hosts.host import Host, Parameters


def check(host: Host, _parameters: Parameters) -> Answer:
    found = log.journal(host)
    storage = found.get("Storage", "auto").lower()
    kept = storage == "persistent" or (storage == "auto" and "folder" in found)
    if kept:
        return passes(f"Storage={storage}; /var/log/journal")
    writers = unit.running(host, ("rsyslog.service", "syslog-ng.service"))
    good = (
        bool(writers) and storage != "none" and found.get("ForwardToSyslog", "yes").lower() != "no"
    )
    return verdict(good=good, evidence=f"Storage={storage}; {', '.join(writers) or 'no rsyslog'}")

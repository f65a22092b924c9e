"""Only named users schedule jobs."""

from policies.gates.hosts.answer import Answer, absent, verdict
from policies.gates.hosts.host import Host, Parameters
from policies.gates.hosts.mode import modes


def check(host: Host, _parameters: Parameters) -> Answer:
    found = {each.path for each in modes(host.lines("cron_files"))}
    if not found:
        return absent("cron is not installed")
    good = "/etc/cron.allow" in found
    return verdict(good=good, evidence="/etc/cron.allow" if good else "no /etc/cron.allow")

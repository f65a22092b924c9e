"""Only the administrator writes the system's scheduled jobs."""

from policies.gates.hosts.answer import Answer, absent, none_of
from policies.gates.hosts.host import Host, Parameters
from policies.gates.hosts.mode import modes, open_wider


def check(host: Host, _parameters: Parameters) -> Answer:
    found = list(modes(host.lines("cron_files")))
    if not found:
        return absent("cron is not installed")
    return none_of(open_wider(found, 0o022), f"{len(found)} files and folders of cron")

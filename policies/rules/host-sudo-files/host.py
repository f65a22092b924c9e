"""Only the administrator reads and writes what sudo allows."""

from policies.gates.hosts.answer import Answer, absent, none_of
from policies.gates.hosts.host import Host, Parameters
from policies.gates.hosts.mode import modes, open_wider


def check(host: Host, _parameters: Parameters) -> Answer:
    found = list(modes(host.lines("sudo_files")))
    if not found:
        return absent("sudo is not installed")
    files = [each for each in found if each.path != "/etc/sudoers.d"]
    broken = open_wider(files, 0o037) + open_wider(found, 0o022)
    return none_of(dict.fromkeys(broken), "; ".join(map(str, found)))

"""Only the administrator reads the boot settings, and changing them takes a password."""

from policies.gates.hosts.answer import Answer, none_of
from policies.gates.hosts.host import Host, Parameters, UnreadableError
from policies.gates.hosts.mode import modes, open_wider


def check(host: Host, _parameters: Parameters) -> Answer:
    found = list(modes(host.lines("boot_files")))
    if not found:
        raise UnreadableError("boot_files: no settings of GRUB")
    broken = open_wider(found, 0o077)
    if not host.lines("boot_password"):
        broken.append("no password in GRUB's settings")
    return none_of(broken, "; ".join(map(str, found)))

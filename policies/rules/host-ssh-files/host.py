"""The host's SSH keys and settings are kept from others."""

from policies.gates.hosts.answer import Answer, absent, none_of
from policies.gates.hosts.host import Host, Parameters
from policies.gates.hosts.mode import modes, open_wider


def check(host: Host, _parameters: Parameters) -> Answer:
    found = list(modes(host.lines("ssh_files")))
    if not found:
        return absent("no file of sshd")
    keys = [each for each in found if each.path.endswith("_key")]
    allowed = 0o137 if any(each.group == "ssh_keys" for each in keys) else 0o177
    broken = open_wider(found, 0o022) + open_wider(keys, allowed & 0o077)
    return none_of(dict.fromkeys(broken), "; ".join(map(str, found)))

"""Only the administrator writes the account files, and nobody else reads the passwords."""

from policies.gates.hosts.answer import Answer, none_of
from policies.gates.hosts.host import Host, Parameters, UnreadableError
from policies.gates.hosts.mode import modes, open_wider


def check(host: Host, _parameters: Parameters) -> Answer:
    found = list(modes(host.lines("account_files")))
    if not found:
        raise UnreadableError("account_files: nothing was listed")
    secret = [each for each in found if "shadow" in each.path or "opasswd" in each.path]
    broken = open_wider(found, 0o022) + open_wider(secret, 0o037)
    broken += [
        str(each) for each in secret if each.bits & 0o040 and each.group not in {"shadow", "root"}
    ]
    return none_of(dict.fromkeys(broken), "; ".join(map(str, found)))

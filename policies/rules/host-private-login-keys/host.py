"""Only the owner of an account writes the keys that open it."""

from policies.gates.hosts.answer import Answer, none_of
from policies.gates.hosts.host import Host, Parameters
from policies.gates.hosts.mode import private_files


def check(host: Host, _parameters: Parameters) -> Answer:
    keys = [each for each in private_files(host) if "/.ssh" in each.path]
    broken = [
        str(each) for each in keys if each.bits & 0o022 or each.owner not in {each.user, "root"}
    ]
    return none_of(broken, f"{len(keys)} files and folders with log-in keys")

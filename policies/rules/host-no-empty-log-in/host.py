"""PAM lets nobody in with an empty password."""

from policies.gates.hosts import pam
from policies.gates.hosts.answer import Answer, none_of
from policies.gates.hosts.host import Host, Parameters


def check(host: Host, _parameters: Parameters) -> Answer:
    found = [each for each in pam.steps(host, "auth") if each.module == "pam_unix.so"]
    broken = [str(each) for each in found if "nullok" in each.args]
    return none_of(broken, "; ".join(map(str, found)) or "no pam_unix")

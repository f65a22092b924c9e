"""New files are closed to others."""

from policies.gates.hosts import account
from policies.gates.hosts.answer import Answer, none_of
from policies.gates.hosts.host import Host, Parameters

CLOSED = 0o027


def check(host: Host, _parameters: Parameters) -> Answer:
    shell = dict(line.partition("=")[::2] for line in host.lines("login_shell")).get("UMASK", "0")
    default = account.login_defs(host).get("UMASK", "022")
    broken = [
        f"{where}: umask {value}"
        for where, value in (("log-in shell", shell), ("login.defs", default))
        if CLOSED & ~int(value, 8)
    ]
    return none_of(broken, f"umask {shell}, login.defs {default}")

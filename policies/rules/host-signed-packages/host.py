"""Only signed packages are installed."""

import re

from policies.gates.hosts.answer import Answer, none_of
from policies.gates.hosts.host import Host, Parameters


def check(host: Host, _parameters: Parameters) -> Answer:
    broken = [
        line.strip()
        for line in host.lines("repositories")
        if "=0" in line.replace(" ", "") or "yes" in line
    ]
    broken += [
        line
        for line in host.lines("updates")
        if re.search(
            r'Allow(Unauthenticated|Insecure\w*|Weak\w*|Downgrade\w*) "(true|1|yes)"', line
        )
    ]
    # An address may hold a password.
    shown = (re.sub(r"\S+://\S+", "(address)", each) for each in broken)
    return none_of(shown, "signatures are checked")

"""Users cannot make copies of programs' memory."""

from policies.gates.hosts.answer import Answer, verdict
from policies.gates.hosts.host import Host, Parameters


def check(host: Host, _parameters: Parameters) -> Answer:
    rows = [line.split() for line in host.lines("limits")]
    good = any(
        row[:1] == ["*"] and row[1] in {"hard", "-"} and row[2:] == ["core", "0"]
        for row in rows
        if len(row) > 3
    )
    return verdict(good=good, evidence="* hard core 0" if good else "no line `* hard core 0`")

"""Logs are encrypted on their way."""

from policies.gates.hosts import log
from policies.gates.hosts.answer import Answer, absent, none_of
from policies.gates.hosts.host import Host, Parameters


def check(host: Host, _parameters: Parameters) -> Answer:
    if not log.targets(host):
        return absent("rsyslog sends nothing")
    plain = log.plain_targets(host)
    return none_of(plain, f"rsyslog to {', '.join(log.targets(host))} with TLS")

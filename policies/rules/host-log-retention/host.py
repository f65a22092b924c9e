"""Logs of the system are kept long enough."""

from policies.gates.hosts import log
from policies.gates.hosts.answer import Answer, none_of
from policies.gates.hosts.host import Host, Parameters, UnreadableError, names, number


def check(host: Host, parameters: Parameters) -> Answer:
    wanted, least = names(parameters, "logs"), number(parameters, "days")
    kept = {path: days for path, days in log.kept_days(host).items() if path in wanted}
    if not kept:
        raise UnreadableError("logrotate: does not turn over the logs of the system")
    said = {path: f"{path}: {days} days" for path, days in kept.items()}
    return none_of(
        (said[path] for path, days in kept.items() if days < least), "; ".join(said.values())
    )

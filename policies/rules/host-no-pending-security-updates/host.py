"""No security update is waiting."""

from datetime import date

from policies.gates.hosts.answer import Answer, none_of
from policies.gates.hosts.host import Host, Parameters, UnreadableError, number


def check(host: Host, parameters: Parameters) -> Answer:
    first, *waiting = host.lines("pending")
    day = first.partition("=")[2]
    if not day:
        raise UnreadableError("pending: this host has no list of packages")
    age = (host.today - date.fromisoformat(day)).days
    if not waiting and age > number(parameters, "list_days"):
        raise UnreadableError(f"pending: the list of packages is {age} days old")
    return none_of(waiting, f"none waits; the list of packages is of {day}")

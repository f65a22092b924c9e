"""In shared folders nobody removes the files of others."""

from policies.gates.hosts.answer import Answer, none_of
from policies.gates.hosts.host import Host, Parameters
from policies.gates.hosts.mode import tagged


def check(host: Host, _parameters: Parameters) -> Answer:
    return none_of(tagged(host, "folder"), "every shared folder has the sticky bit")

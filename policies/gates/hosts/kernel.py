"""Settings of the running kernel, as /proc/sys shows them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from policies.gates.hosts.answer import Answer, none_of
from policies.gates.hosts.host import Host, UnreadableError


def settings(host: Host, fact: str) -> dict[str, str]:
    """Read lines such as `net/ipv4/ip_forward:0`."""
    pairs = (line.partition(":") for line in host.lines(fact))
    return {key: value.strip() for key, _, value in pairs}


def all_are(host: Host, fact: str, wanted: Mapping[str, Collection[str]]) -> Answer:
    """Demand that each of these settings that the kernel has is one of the values.

    Raises:
        UnreadableError: The kernel has none of them.
    """
    found = settings(host, fact)
    here = [key for key in wanted if key in found]
    if not here:
        raise UnreadableError(f"{fact}: none of {', '.join(wanted)}")
    broken = (said(key, found[key]) for key in here if found[key] not in wanted[key])
    return none_of(broken, "; ".join(said(key, found[key]) for key in here))


def said(key: str, value: str) -> str:
    return f"{key.replace('/', '.')} = {value}"


def each(keys: Iterable[str], *values: str) -> dict[str, Collection[str]]:
    return dict.fromkeys(keys, values)


def modules_refused(host: Host, modules: Iterable[str]) -> Answer:
    """Demand that modules are neither loaded nor can be: `install <module> /bin/false`.

    A module that is only on the blacklist is still loaded when something asks for it.
    """
    loaded = {line.replace("-", "_") for line in host.lines("modules_loaded")}
    rows = [line.replace("-", "_").split() for line in host.lines("modules_refused")]
    ends = ("/false", "/true")
    refused = {row[1] for row in rows if row[0] == "install" and row[2].endswith(ends)}
    wanted = list(modules)
    broken = [f"{each} is loaded" for each in wanted if each in loaded]
    broken += [f"{each} may be loaded" for each in wanted if each not in refused]
    return none_of(broken, f"refused: {', '.join(wanted)}")

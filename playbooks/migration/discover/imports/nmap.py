"""Reads hosts and open ports from nmap's XML."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from playbooks.migration.discover.model import Host, Listener, State, System
from stacks.problem import Problem, ProblemError


def hosts(content: str, name: str) -> tuple[Host, ...]:
    """Read the hosts that are up.

    Raises:
        ProblemError: It is no XML of nmap, or declares entities.
    """
    if "<!ENTITY" in content:
        raise ProblemError(Problem("import-not-nmap", name, {"reason": "<!ENTITY>"}))
    try:
        root = ET.fromstring(content)  # noqa: S314 - entities are refused above
    except ET.ParseError as error:
        raise ProblemError(Problem("import-not-nmap", name, {"reason": str(error)})) from None
    if root.tag != "nmaprun":
        raise ProblemError(Problem("import-not-nmap", name, {"reason": f"<{root.tag}>"}))
    return tuple(found for each in root.findall("host") if (found := _host(each)))


def _host(element: ET.Element) -> Host | None:
    status = element.find("status")
    if status is not None and status.get("state") != "up":
        return None
    addresses = [
        each.get("addr", "")
        for each in element.findall("address")
        if each.get("addrtype", "ipv4").startswith("ip")
    ]
    if not addresses:
        return None
    named = element.find("hostnames/hostname")
    system = element.find("os/osmatch")
    return Host(
        name=(named.get("name") if named is not None else "") or addresses[0],
        address=addresses[0],
        addresses=tuple(addresses),
        source="nmap",
        state=State.PARTIAL,
        system=System(title=system.get("name", "") if system is not None else ""),
        listeners=tuple(_listeners(element, addresses[0])),
    )


def _listeners(element: ET.Element, address: str) -> list[Listener]:
    found = []
    for port in element.findall("ports/port"):
        state, service = port.find("state"), port.find("service")
        number = port.get("portid", "")
        if state is None or state.get("state") != "open" or not number.isdigit():
            continue
        said = [service.get(key, "") for key in ("product", "name")] if service is not None else []
        found.append(
            Listener(
                protocol=port.get("protocol", "tcp"),
                address=address,
                port=int(number),
                process=next((each for each in said if each), ""),
            )
        )
    return found

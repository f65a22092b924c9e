"""Reads the system, its disks, addresses and what it is made of."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping

from playbooks.migration.discover.answer import Answer, Section
from playbooks.migration.discover.model import Disk, System
from playbooks.migration.discover.support import support_end

_ASSIGNED = re.compile(r"""^([A-Z_]+)=["']?(.*?)["']?$""")
_ADDRESS = re.compile(r"inet6? (?:addr:)?\s*([0-9a-fA-F.:]+)")
_RED_HAT = {"centos": "centos", "red hat": "rhel", "rocky": "rocky", "oracle": "ol"}
_GIB = 1 << 30


def system(answer: Answer, now: float) -> System:
    """Give the system; `now` is our clock, in seconds, when the host told its own."""
    said, hardware, who = (answer[each].pairs() for each in ("system", "hardware", "who"))
    name, version, title = release(answer["system"])
    return System(
        hostname=said.get("hostname", ""),
        machine=said.get("machine", ""),
        id=name,
        version=version,
        title=title,
        support_end=support_end(name, version),
        kernel=said.get("kernel", ""),
        architecture=said.get("architecture", ""),
        uptime_seconds=whole(said.get("uptime", "").partition(".")[0]),
        product=hardware.get("product", ""),
        virtual=hardware.get("virtual", ""),
        cpus=whole(hardware.get("cpus")),
        cpu_model=hardware.get("model", ""),
        memory_kib=whole(hardware.get("memory_kib")),
        swap_kib=whole(hardware.get("swap_kib")),
        python=who.get("python", ""),
        locale=who.get("locale", ""),
        zone=who.get("zone", ""),
        clock_off_seconds=_off(who, now),
    )


def _off(who: Mapping[str, str], now: float) -> int:
    clock = whole(who.get("clock"))
    return round(clock - now) if clock else 0


def release(section: Section) -> tuple[str, str, str]:
    """Give id, version and title of the distribution, old ways of saying so included."""
    matches = (_ASSIGNED.match(line) for line in section.lines("os-release"))
    found = {each[1]: each[2] for each in matches if each}
    if found.get("ID"):
        version = found.get("VERSION_ID") or _first(section, "debian_version")
        return found["ID"], version, found.get("PRETTY_NAME", "")
    for part, name in (("debian_version", "debian"), ("alpine-release", "alpine")):
        if _first(section, part):
            return name, _first(section, part), f"{name} {_first(section, part)}"
    title = _first(section, "redhat-release") or _first(section, "SuSE-release")
    number = re.search(r"\d+(\.\d+)*", title)
    name = next((ours for text, ours in _RED_HAT.items() if text in title.lower()), "")
    return name or ("sles" if "SUSE" in title else ""), number[0] if number else "", title


def _first(section: Section, part: str) -> str:
    return next(iter(section.lines(part)), "").strip()


def disks(answer: Answer) -> tuple[Disk, ...]:
    rows = (line.split() for line in answer["hardware"].lines("disks"))
    return tuple(
        Disk(name=row[0], gib=round(int(row[1]) / _GIB, 1))
        for row in rows
        if len(row) == 3 and row[2] == "disk" and row[1].isdigit()  # noqa: PLR2004
    )


def addresses(answer: Answer) -> tuple[str, ...]:
    """Give the host's own addresses that others may reach."""
    found = (_ADDRESS.search(line) for line in answer["addresses"].lines())
    every = (_parsed(each[1]) for each in found if each)
    return tuple(
        dict.fromkeys(
            str(each) for each in every if each and not (each.is_loopback or each.is_link_local)
        )
    )


def aliases(answer: Answer) -> dict[str, str]:
    """Read /etc/hosts: name → address; loopback left out."""
    found: dict[str, str] = {}
    for line in answer["addresses"].lines("hosts"):
        address, *names = line.split()
        parsed = _parsed(address)
        if parsed and not parsed.is_loopback:
            for name in names:
                found.setdefault(name, str(parsed))
    return found


def _parsed(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def whole(text: str | None) -> int:
    """Give a whole number; 0 where it is none."""
    return int(text) if text and text.strip().lstrip("-").isdigit() else 0

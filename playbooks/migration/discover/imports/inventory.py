"""Reads a list of machines in CSV: our own columns, or those of RVTools' sheet vInfo."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from playbooks.migration.discover.model import Disk, Host, State, System
from playbooks.migration.discover.support import support_end
from stacks.problem import Problem, ProblemError

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "name": ("name", "vm", "host", "hostname", "dns name"),
    "address": ("address", "ip", "primary ip address", "ip address"),
    "os": ("os", "os according to the vmware tools", "os according to the configuration file"),
    "cpus": ("cpus", "cpu", "num cpu"),
    "memory_mib": ("memory_mib", "memory", "memory mib"),
    "disk_mib": ("disk_mib", "provisioned mib", "provisioned mb", "total disk capacity mib"),
    "agency": ("agency", "organisation"),
    "owner": ("owner", "contact"),
    "system_name": ("system", "application"),
    "level": ("level",),
    "dns": ("dns name",),
    "template": ("template",),
}
_SYSTEMS = ("debian", "ubuntu", "centos", "rocky", "almalinux", "alpine")
_LEVELS = range(1, 6)
_YES = ("True", "true", "TRUE", "1")


def hosts(content: str, name: str) -> tuple[Host, ...]:
    """Read the machines; templates are none, and of two with one name the later is named anew.

    Raises:
        ProblemError: No column names them, or a figure is none.
    """
    reader = csv.DictReader(io.StringIO(content.lstrip("\ufeff")), dialect=dialect(content))
    columns = columns_of(reader.fieldnames or (), COLUMNS)
    if "name" not in columns and "address" not in columns:
        raise ProblemError(Problem("import-no-column", name, {"columns": "name, address"}))
    found = []
    for number, row in enumerate(reader, 2):
        said = first_said(row, columns)
        if (said.get("name") or said.get("address")) and said.get("template", "") not in _YES:
            found.append(_host(said, f"{name}:{number}"))
    return tuple(_told_apart(found))


def _told_apart(found: Sequence[Host]) -> Iterator[Host]:
    """Keep machines that share a name: as hostname it stays, and the estate tells of it."""
    counts, before = Counter(each.name for each in found), Counter[str]()
    for each in found:
        before[each.name] += 1
        if counts[each.name] == 1:
            yield each
            continue
        system = each.system.model_copy(update={"hostname": each.name})
        more = "" if before[each.name] == 1 else f"@{each.address or before[each.name]}"
        yield each.model_copy(update={"name": each.name + more, "system": system})


def dialect(content: str) -> type[csv.Dialect]:
    """Tell commas from semicolons and tabs by the first line."""
    head = content.partition("\n")[0]
    found: type[csv.Dialect] = csv.excel
    if head.count("\t") > head.count(","):
        found = csv.excel_tab
    elif head.count(";") > head.count(","):
        found = type("Semicolon", (csv.excel,), {"delimiter": ";"})
    return found


def columns_of(given: object, known: Mapping[str, tuple[str, ...]]) -> dict[str, list[str]]:
    """Give which of a file's columns are which of ours, the better name first."""
    names = list(given) if isinstance(given, list | tuple) else []
    plain = {str(each).strip().lower().replace("_", " "): str(each) for each in names}
    found = {}
    for key, choices in known.items():
        columns = [plain[each] for c in choices if (each := c.replace("_", " ")) in plain]
        if columns:
            found[key] = columns
    return found


def first_said(
    row: Mapping[str, str | None], columns: Mapping[str, Iterable[str]]
) -> dict[str, str]:
    """Give of each of our columns what its first column says that is not empty."""
    return {
        key: next((said for each in names if (said := (row.get(each) or "").strip())), "")
        for key, names in columns.items()
    }


def _host(said: Mapping[str, str], where: str) -> Host:
    title = said.get("os", "")
    system, version = _system(title)
    disk = number(said.get("disk_mib"), where)
    level = int(number(said.get("level"), where))
    return Host(
        name=said.get("name") or said["address"],
        address=said.get("address", ""),
        source="inventory",
        state=State.PARTIAL,
        agency=said.get("agency", ""),
        owner=said.get("owner", ""),
        system_name=said.get("system_name", ""),
        level=level if level in _LEVELS else None,
        system=System(
            hostname=said.get("dns", ""),
            id=system,
            version=version,
            title=title,
            support_end=support_end(system, version),
            cpus=int(number(said.get("cpus"), where)),
            memory_kib=int(number(said.get("memory_mib"), where) * 1024),
        ),
        disks=(Disk(name="disk", gib=round(disk / 1024, 1)),) if disk else (),
    )


def _system(title: str) -> tuple[str, str]:
    low = title.lower()
    known = next((each for each in _SYSTEMS if each in low), "")
    name = known or ("rhel" if "red hat" in low else "windows" if "windows" in low else "")
    version = re.search(r"\d+(\.\d+)?", title)
    return name, version[0] if version and name else ""


def number(text: str | None, where: str) -> float:
    """Give a figure, thousands separated or not; nothing is 0."""
    plain = (text or "").replace(",", "").replace(" ", "").replace("\u00a0", "")
    if not plain:
        return 0.0
    try:
        found = float(plain)
    except ValueError:
        found = -1.0
    if not 0 <= found < 1e15:  # noqa: PLR2004 - not a number, and infinity, fail too
        raise ProblemError(Problem("import-not-a-number", where, {"given": text}))
    return found

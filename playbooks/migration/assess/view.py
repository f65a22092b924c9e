"""What rules may ask of a system: plain facts, counted from its hosts, flows and answers."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from playbooks.migration.assess.grouping import Group
from playbooks.migration.assess.growth import growth
from playbooks.migration.discover.estate import Estate
from playbooks.migration.discover.model import Host, State
from stacks.models.base import Model

_GIB = 1 << 20  # in KiB
_MAIL = frozenset((25, 110, 143, 465, 587, 993, 995))
_BASE_PORTS = frozenset((22, 111, 123, 5353, 68, 53))
_LICENSED = re.compile(r"oracle|mssql|sqlserver|db2|weblogic|websphere|vmware|rhel|sles|windows")
_OLD_CHARSETS = re.compile(
    r"latin1|sql_ascii|tis620|cp125|windows-125|iso-?8859|tcvn|vni", re.IGNORECASE
)
_BY_DISTRIBUTION = re.compile(r"^(sshd-keygen|getty|cloud|walinuxagent|vmtoolsd|qemu)")


class View(Model):
    """A system's facts; None where nothing is known."""

    hosts: int
    silent_hosts: int = 0
    partial_hosts: int = 0
    os: tuple[str, ...] = ()
    support_days: int | None = None
    runtime_days: int | None = None
    engines: tuple[str, ...] = ()
    runtimes: tuple[str, ...] = ()
    licences: tuple[str, ...] = ()
    sites: int = 0
    own_jobs: int = 0
    own_units: int = 0
    shares_given: int = 0
    mail: bool = False
    listens: int = 0
    callers: int = 0
    calls: int = 0
    samples: int = 0
    owner_known: bool = False
    logins: int = 0
    changed_percent: int | None = None
    data_gib: float = 0.0
    database_gib: float = 0.0
    growth_gib_month: float | None = None
    old_charset: bool = False
    myisam: bool = False
    secrets: int = 0
    fixed_addresses: int = 0
    expiring_certificates: int = 0
    level: int | None = None
    answers: Mapping[str, str] = {}

    def get(self, name: str) -> object:
        """Give a fact by name; `answer.x` is an answer of the questionnaire."""
        if name.startswith("answer."):
            return self.answers.get(name.removeprefix("answer."))
        return getattr(self, name)


def view(
    group: Group,
    estate: Estate,
    answers: Mapping[str, str],
    day: dt.date,
) -> View:
    """Count the facts of one system."""
    names = set(group.hosts)
    hosts = [each for each in estate.hosts if each.name in names]
    inward = {each.source for each in estate.flows if each.target in names} - names
    outward = {each.target for each in estate.flows if each.source in names} - names
    return View(
        hosts=len(hosts),
        silent_hosts=sum(each.state is State.UNREACHABLE for each in hosts),
        partial_hosts=sum(each.state is State.PARTIAL for each in hosts),
        callers=len(inward),
        calls=len(outward),
        samples=max((len(each.loads) for each in hosts), default=0),
        owner_known=bool(group.owner or answers.get("owner")),
        answers=answers,
        **_software(hosts, day),
        **_work(hosts),
        **_data(hosts),
    )


def _software(hosts: Sequence[Host], day: dt.date) -> dict[str, Any]:
    products = [each for host in hosts for each in host.products]
    ends = [each.system.support_end for each in hosts if each.system.support_end]
    runtime_ends = [each.support_end for each in products if each.support_end]
    engines = {each.engine for host in hosts for each in host.databases} | {
        each.name for each in products if each.name in {"mariadb", "mysql", "postgresql"}
    }
    soon = dt.timedelta(days=90)
    certificates = [each.ends for host in hosts for each in host.certificates if each.ends]
    return {
        "os": tuple(sorted({each.system.id for each in hosts if each.system.id})),
        "support_days": (min(ends) - day).days if ends else None,
        "runtime_days": (min(runtime_ends) - day).days if runtime_ends else None,
        "engines": tuple(sorted(engines)),
        "runtimes": tuple(
            sorted({each.name for each in products} & {"php", "java", "node", "ruby", "python"})
        ),
        "licences": _licences(hosts),
        "expiring_certificates": sum(each.date() - day < soon for each in certificates),
    }


def _licences(hosts: Iterable[Host]) -> tuple[str, ...]:
    said = [each.name.lower() for host in hosts for each in host.packages]
    said += [host.system.id for host in hosts]
    return tuple(sorted({found[0] for each in said if (found := _LICENSED.search(each))}))


def _work(hosts: Sequence[Host]) -> dict[str, Any]:
    ports = {each.port for host in hosts for each in host.listeners}
    activity = [each for host in hosts for each in host.activity if each.files]
    files = sum(each.files for each in activity)
    changed = sum(each.last_365_days for each in activity)
    return {
        "sites": len({name for host in hosts for site in host.sites for name in site.names}),
        "own_jobs": sum(each.own for host in hosts for each in host.jobs),
        "own_units": sum(
            each.own and not _BY_DISTRIBUTION.match(each.name)
            for host in hosts
            for each in host.units
        ),
        "shares_given": sum(each.given for host in hosts for each in host.shares),
        "mail": bool(ports & _MAIL),
        "listens": len({each for each in ports if each < 32_768} - _BASE_PORTS),  # noqa: PLR2004
        "logins": sum(bool(each.last_login) for host in hosts for each in host.accounts),
        "changed_percent": changed * 100 // files if files else None,
    }


def _data(hosts: Sequence[Host]) -> dict[str, Any]:
    databases = [each for host in hosts for each in host.databases]
    charsets = [each.charset for each in databases]
    charsets += [name for each in databases for name in each.charsets]
    places = [each for host in hosts for each in host.places]
    charsets += [each.value for each in places if each.kind == "charset" and "www" in each.path]
    known = {"/var/lib/mysql", "/var/lib/postgresql"}
    folders = sum(a.size_kib for h in hosts for a in h.activity if a.path not in known)
    held = sum(each.size_kib for each in databases)
    return {
        "data_gib": round((folders + held) / _GIB, 3),
        "database_gib": round(held / _GIB, 3),
        "growth_gib_month": growth(hosts),
        "old_charset": any(_OLD_CHARSETS.search(each) for each in charsets),
        "myisam": any("MyISAM" in each.storage for each in databases),
        "secrets": sum(each.kind == "secret" for each in places),
        "fixed_addresses": sum(each.kind == "ip" and each.key != "nameserver" for each in places),
    }

"""Reads packages, runtimes, processes, units and work by the clock."""

from __future__ import annotations

import re
from collections.abc import Iterator

from playbooks.migration.discover.answer import Answer
from playbooks.migration.discover.model import Job, Package, Process, Product, Unit
from playbooks.migration.discover.reading.system import whole
from playbooks.migration.discover.support import support_end

_NUMBER = re.compile(r"\d+(\.\d+)+")
_CRON = re.compile(r"^(@\w+|(?:\S+\s+){4}\S+)\s+(.*)$")
_WITH_USER = ("/etc/crontab", "/etc/cron.d/")
# What distributions bring by themselves: not somebody's work.
_COMMON_JOBS = re.compile(
    r"/(e2scrub_all|apt-compat|dpkg|man-db|logrotate|exim4-base|bsdmainutils|passwd|aptitude|mlocate|"
    r"popularity-contest|0anacron|0hourly|php|sysstat|mdadm|ntp|apport|update-notifier-common|plocate|"
    r"\.placeholder|apache2|samba|google-chrome|sendmail)\b"
)
_COMMON_TIMERS = re.compile(
    r"^(apt-|systemd-|dpkg-|e2scrub|fstrim|logrotate|man-db|phpsessionclean|motd|anacron|exim4|"
    r"dnf-|unbound|ua-|update-notifier|snapd|fwupd|plocate|mdadm|mdcheck|mdmonitor|podman-)"
)


def packages(answer: Answer) -> tuple[Package, ...]:
    return tuple(
        Package(name=row[0], version=row[1])
        for part in ("dpkg", "rpm", "apk")
        for row in answer["packages"].rows(part)
    )


def products(answer: Answer) -> tuple[Product, ...]:
    """Give runtimes and servers with their versions, each once."""
    found = dict.fromkeys(_products(answer))
    return tuple(
        Product(name=name, version=version, support_end=support_end(name, version))
        for name, version in found
    )


def _products(answer: Answer) -> Iterator[tuple[str, str]]:
    for row in answer["runtimes"].rows():
        name = {"python2": "python", "python3": "python"}.get(row[0], row[0])
        number = _NUMBER.search(row[1])
        if number and name != "charset":
            yield name, _short(number[0])
    for engine, section in (("mariadb", "mariadb"), ("postgresql", "postgres")):
        said = next(iter(answer[section].lines("version")), "")
        number = _NUMBER.search(said) or _NUMBER.search(
            " ".join(answer[section].lines("program")).partition("Distrib")[2]
        )
        if number:
            mysql = engine == "mariadb" and said and "maria" not in said.lower()
            yield ("mysql" if mysql else engine), number[0]


def _short(version: str) -> str:
    return ".".join((version or "").split(".")[:2])


def processes(answer: Answer) -> tuple[Process, ...]:
    """Give the processes with a program; threads of the kernel are left out."""
    section, units = answer["processes"], units_of(answer)
    lines = [*section.lines(), *section.lines("busybox")]
    split = (line.split(None, 4) for line in lines)
    return tuple(
        Process(
            pid=int(row[0]),
            user=row[2],
            rss_kib=whole(row[3].rstrip("mgk")),
            words=row[4],
            unit=units.get(row[0], ""),
        )
        for row in split
        if len(row) == 5 and row[0].isdigit() and not row[4].startswith("[")  # noqa: PLR2004
    )


def units_of(answer: Answer) -> dict[str, str]:
    """Give which unit a process belongs to: number → unit."""
    rows = (line.split() for line in answer["processes"].lines("units"))
    return {row[0]: row[1] for row in rows if len(row) == 2}  # noqa: PLR2004


def units(answer: Answer) -> tuple[Unit, ...]:
    """Give services of systemd, System V or OpenRC that run, start or are somebody's own."""
    section = answer["units"]
    enabled = {each.strip() for each in section.lines("files")}
    own = dict(_own(section.lines("own")))
    rows = (line.replace("●", "").split() for line in section.lines())
    states = {row[0]: row[3] for row in rows if len(row) > 3}  # noqa: PLR2004
    names = {name for name, state in states.items() if state == "running"} | enabled | own.keys()
    found = [
        Unit(
            name=name,
            state=states.get(name, ""),
            enabled=name in enabled,
            own=name in own,
            command=own.get(name, ""),
        )
        for name in sorted(names)
    ]
    found += [
        Unit(name=re.sub(r"^S\d\d", "", line.strip()), enabled=True)
        for line in section.lines("sysv")
        if line.startswith("S") and not states
    ]
    found += [
        Unit(name=line.split()[0], enabled=True)
        for line in section.lines("openrc")
        if "started" in line
    ]
    return tuple(found)


def _own(lines: list[str]) -> Iterator[tuple[str, str]]:
    for line in lines:
        path, _, said = line.partition(":")
        if said.startswith("ExecStart="):
            yield path.rpartition("/")[2], said.partition("=")[2]


def jobs(answer: Answer) -> tuple[Job, ...]:
    section = answer["schedule"]
    found = [job for line in section.lines() if (job := _cron(line))]
    for path in section.lines("folders"):
        folder, _, name = path.rpartition("/")
        own = not _COMMON_JOBS.search(f"/{name}")
        when = folder.rpartition(".")[2]
        found.append(Job(place=path, when=when, user="root", command=path, own=own))
    for line in section.lines("timers"):
        timer, _, service = line.partition(" ")
        if timer.endswith(".timer"):
            own = not _COMMON_TIMERS.match(timer)
            found.append(Job(place=timer, when="timer", user="", command=service, own=own))
    found += [
        Job(place="at", when=line, user="", command="", own=True) for line in section.lines("at")
    ]
    return tuple(found)


def _cron(line: str) -> Job | None:
    place, _, said = line.partition(":")
    match = _CRON.match(said.strip())
    if match is None or re.match(r"^[A-Za-z_]+\s*=", said.strip()):
        return None
    when, command, user = match[1], match[2], place.rpartition("/")[2]
    if place.startswith(_WITH_USER):
        user, _, command = re.sub(r"\s+", " ", command, count=1).partition(" ")
    own = not (_COMMON_JOBS.search(place) or "run-parts" in command)
    return Job(place=place, when=when, user=user, command=command.strip(), own=own)

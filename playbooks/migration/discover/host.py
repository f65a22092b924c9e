"""Makes a host of the estate from its answer, and says what was not seen and why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from playbooks.migration.discover.answer import Answer
from playbooks.migration.discover.model import Host, Load, Reason, State
from playbooks.migration.discover.reading import (
    accounts,
    config,
    database,
    sockets,
    software,
    storage,
    system,
    web,
)

CLOCK_OFF_SECONDS = 120
# What makes a verdict partial; the others are worth knowing and hide nothing.
HIDING = ("no-root", "sudo-tty", "sudo-password", "late", "cut", "unfinished", "no-database")


def host(name: str, address: str, answer: Answer, at: dt.datetime) -> Host:
    """Give the host; `at` is our time when it was asked."""
    seen = system.system(answer, at.timestamp())
    reasons = tuple(_reasons(answer, seen.clock_off_seconds, seen.locale))
    files = storage.filesystems(answer)
    hidden = any(each.key.removeprefix("discover-") in HIDING for each in reasons)
    return Host(
        name=name,
        address=address,
        seen_at=at,
        state=State.PARTIAL if hidden else State.COMPLETE,
        reasons=reasons,
        system=seen,
        addresses=system.addresses(answer),
        aliases=system.aliases(answer),
        disks=system.disks(answer),
        filesystems=files,
        shares=storage.shares(answer),
        packages=software.packages(answer),
        processes=software.processes(answer),
        listeners=sockets.listeners(answer),
        peers=sockets.at_our_time(sockets.peers(answer), seen.clock_off_seconds),
        loads=_loads(answer, seen.clock_off_seconds, sum(each.used_kib for each in files)),
        units=software.units(answer),
        jobs=software.jobs(answer),
        accounts=accounts.accounts(answer),
        certificates=web.certificates(answer),
        sites=web.sites(answer),
        products=software.products(answer),
        databases=database.databases(answer),
        places=config.places(answer),
        large_files=config.large_files(answer),
        activity=storage.activity(answer),
    )


def _loads(answer: Answer, off_seconds: int, disk_kib: int) -> tuple[Load, ...]:
    off = dt.timedelta(seconds=off_seconds)
    return tuple(
        each.model_copy(update={"at": each.at - off, "disk_kib": disk_kib})
        for each in sockets.loads(answer)
    )


def _reasons(answer: Answer, off_seconds: int, locale: str) -> Iterator[Reason]:
    who = answer["who"].pairs()
    if who.get("uid") != "0":
        yield no_root(who.get("sudo", ""))
    yield from _not_whole(answer)
    for engine in database.refused(answer):
        yield Reason(key="discover-no-database", values={"engine": engine})
    if abs(off_seconds) > CLOCK_OFF_SECONDS:
        yield Reason(key="discover-clock-off", values={"seconds": f"{off_seconds:+d}"})
    if locale and not _installed(locale, who.get("locales", "")):
        yield Reason(key="discover-wrong-locale", values={"locale": locale})


def _not_whole(answer: Answer) -> Iterator[Reason]:
    for name, section in answer.sections.items():
        if section.late:
            yield Reason(key="discover-late", values={"section": name})
        elif section.cut and answer.done:
            yield Reason(key="discover-cut", values={"section": name})
    if not answer.done:
        yield Reason(key="discover-unfinished")


def no_root(sudo: str) -> Reason:
    """Tell from sudo's words why the host was read without root."""
    said = sudo.lower()
    if "tty" in said:
        return Reason(key="discover-sudo-tty")
    if "password" in said:
        return Reason(key="discover-sudo-password")
    return Reason(key="discover-no-root")


def _installed(locale: str, every: str) -> bool:
    def plain(text: str) -> str:
        return text.lower().replace("-", "")

    return not every or plain(locale) in {plain(each) for each in every.split()}


def unreachable(name: str, address: str, at: dt.datetime, key: str, detail: str) -> Host:
    """Give a host of which nothing is known but why."""
    reason = Reason(key=key, values={"detail": detail})
    return Host(name=name, address=address, seen_at=at, state=State.UNREACHABLE, reasons=(reason,))

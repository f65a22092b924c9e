"""Why one host cannot take the place of another, found before anything is touched."""

from __future__ import annotations

from collections.abc import Iterator

from playbooks.migration.host.plan import HostPlan
from playbooks.migration.host.survey import Survey
from playbooks.migration.steps.pace import MIB
from stacks.problem import Problem


def refusals(old: Survey, new: Survey, plan: HostPlan, thing: str) -> Iterator[Problem]:
    """Give all that stands in the way of the new host, which people know as `thing`."""
    if new.name != plan.overwrites:
        yield Problem("host-move-other-name", thing, {"name": new.name, "said": plan.overwrites})
    for each, where in ((old, old.name), (new, thing)):
        lacking = sorted({"rsync", "systemctl"} - each.has)
        if lacking:
            yield Problem("host-move-no-program", where, {"programs": ", ".join(lacking)})
    if old.machine != new.machine:
        yield Problem("host-move-other-machine", thing, {"old": old.machine, "new": new.machine})
    if ("merged" in old.has) != ("merged" in new.has):
        yield Problem("host-move-other-layout", thing)
    if old.login[:2] != new.login[:2]:
        said = {end: f"{s.login[0]} ({s.login[1]})" for end, s in (("old", old), ("new", new))}
        yield Problem("host-move-other-login", thing, said)
    if new.network - old.has:
        said = {"units": ", ".join(sorted(new.network - old.has))}
        yield Problem("host-move-no-network", old.name, said)


def warnings(old: Survey, new: Survey, thing: str) -> list[Problem]:
    """Give what may go well, and what a person should know."""
    if old.major == new.major and old.major:
        return []
    said = {"old": old.release or "?", "new": new.release or "?"}
    return [Problem("host-move-other-release", thing, said)]


def no_room(needed: int, there: int, thing: str) -> list[Problem]:
    """Say how much is missing, in whole MiB; nothing where all fits."""
    missing = needed - there
    if missing <= 0:
        return []
    return [Problem("host-move-no-room", thing, {"mib": missing // MIB + 1})]

"""Brings hosts to their level, and says what the host rules found before and after."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from playbooks.migration.order.standard import StandardOrder
from playbooks.migration.steps.run import Record
from playbooks.play import Played, play
from policies.finding import Verdict
from policies.gates.host import HostReport, check, level_of
from policies.gates.hosts.inventory import Entry, load
from policies.host_rule import load_host_rules
from stacks.problem import Problem, ProblemError

PLAYBOOK = "harden.yml"
ACT = "migration.harden"


@dataclass(frozen=True)
class Hardened:
    """What a run found and did.

    Attributes:
        played: None where hosts were only looked at.
    """

    before: HostReport
    played: Played
    after: HostReport | None

    def rows(self) -> list[dict[str, object]]:
        """Give a row for each host: rules broken before and after, and what stands in the way."""
        later = self.after or self.before
        return [
            {
                "host": host,
                "level": level,
                "broken_before": len(broken(self.before, host)),
                "broken_after": len(broken(later, host)) if self.after else None,
                "changed": self.played.changed.get(host, 0),
                "remaining": sorted(broken(later, host)) if self.after else [],
                "failed": self.played.failed.get(host, ""),
            }
            for host, level in _hosts(self.before)
        ]


def harden(
    inventory: Path,
    folder: Path,
    *,
    level: int | None = None,
    only_check: bool = False,
    ssh_config: Path | None = None,
    roles: Sequence[str] = (),
) -> Hardened:
    """Look, run the roles, look again; hosts of one level go together.

    Args:
        inventory: As Ansible reads it.
        folder: Private; keeps what the runs said.
        level: Asked of all hosts; else each says its own.
        only_check: Only say what would change.
        ssh_config: Settings of ssh, with the keys of hosts that are known.
        roles: Only these; all where none is named.

    Raises:
        ProblemError: The inventory cannot be read, or this machine has no ansible-playbook.
    """
    entries = load(inventory)
    before = check(inventory, level=level, ssh_config=ssh_config)
    runs = [
        play(
            PLAYBOOK,
            inventory,
            frozenset(each.name for each in group),
            folder / f"level-{at}",
            {"sen_rules": parameters(at)},
            check=only_check,
            ssh_config=ssh_config,
            roles=roles,
        )
        for at, group in _by_level(entries, level).items()
    ]
    after = None if only_check else check(inventory, level=level, ssh_config=ssh_config)
    return Hardened(before, _together(runs), after)


def bring(order: StandardOrder, folder: Path, record: Record) -> dict[str, object]:
    """Bring the hosts that an order names to their level, and keep what each was and is.

    Raises:
        ProblemError: A host was not done; people must not be let in there.
    """
    done = harden(
        order.inventory,
        folder,
        level=order.level,
        ssh_config=order.ssh_config,
        roles=order.roles,
    )
    keep(done, order.inventory, record)
    if done.played.failed:
        said = done.played.failed.items()
        raise ProblemError(*(Problem("harden-failed", host, {"said": why}) for host, why in said))
    return {str(row["host"]): [row["broken_before"], row["broken_after"]] for row in done.rows()}


def keep(done: Hardened, inventory: Path, record: Record) -> None:
    """Keep the level of each host before and after: the report of its wave tells it."""
    addresses = {each.name: each.address for each in load(inventory)}
    for row in done.rows():
        host = str(row["host"])
        told = {key: row[f"broken_{key}"] for key in ("before", "after")}
        more = {"level": row["level"], "remaining": row["remaining"]}
        record(ACT, host, {"address": addresses.get(host, host), **told, **more})


def parameters(level: int) -> dict[str, dict[str, object]]:
    """Give what the roles take from the rules: parameters by rule, at a level."""
    found = {rule.id: rule.parameters_at(level) for rule in load_host_rules()}
    plain: dict[str, dict[str, object]] = json.loads(json.dumps(found, default=list))
    return plain


def broken(report: HostReport, host: str) -> set[str]:
    """Give the rules that a host breaks."""
    return {
        each.rule
        for each in report.findings
        if each.target.name == host and each.verdict is Verdict.FAIL
    }


def _hosts(report: HostReport) -> list[tuple[str, int]]:
    return sorted({(each.target.name, each.level or 0) for each in report.findings})


def _by_level(entries: Sequence[Entry], asked: int | None) -> Mapping[int, list[Entry]]:
    groups: dict[int, list[Entry]] = {}
    for each in entries:
        groups.setdefault(level_of(each, asked), []).append(each)
    return groups


def _together(runs: Sequence[Played]) -> Played:
    return Played(
        {host: count for each in runs for host, count in each.changed.items()},
        {host: said for each in runs for host, said in each.failed.items()},
        {host: names for each in runs for host, names in each.tasks.items()},
    )

"""Runs a playbook on hosts by ansible-runner; the only place that touches it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ansible_runner

from stacks.problem import Problem, ProblemError

PLAYBOOKS = Path(__file__).resolve().parent
# Nothing of ours goes to the hosts but what ssh needs; the environment is written down by nobody.
KEPT = ("HOME", "PATH", "SSH_AUTH_SOCK", "USER", "LOGNAME")
SSH = ("-o BatchMode=yes", "-o ControlMaster=auto", "-o ControlPersist=60s")
SETTINGS = {
    "ANSIBLE_ROLES_PATH": str(PLAYBOOKS / "roles"),
    "ANSIBLE_PIPELINING": "1",
    "ANSIBLE_SSH_TRANSFER_METHOD": "piped",  # a talkative shell breaks sftp
    "ANSIBLE_INJECT_FACT_VARS": "False",
    "ANSIBLE_HOST_KEY_CHECKING": "True",
    "ANSIBLE_RETRY_FILES_ENABLED": "False",
    "ANSIBLE_NOCOLOR": "1",
    "ANSIBLE_PYTHON_INTERPRETER": "/usr/bin/python3",
    "LC_ALL": "C.UTF-8",
}


@dataclass(frozen=True)
class Played:
    """What a run did.

    Attributes:
        changed: Tasks that changed something, by host.
        failed: The tasks that failed, by host, with what they said; also hosts not reached.
        tasks: Names of the tasks that changed something, by host.
    """

    changed: Mapping[str, int]
    failed: Mapping[str, str]
    tasks: Mapping[str, tuple[str, ...]]


def play(  # noqa: PLR0913 - a run has no fewer choices
    playbook: str,
    inventory: Path,
    hosts: frozenset[str],
    folder: Path,
    variables: Mapping[str, object],
    *,
    check: bool = False,
    ssh_config: Path | None = None,
    roles: Sequence[str] = (),
) -> Played:
    """Run a playbook; hosts that are not done are told, whatever the run's status says.

    Args:
        playbook: A file beside this one.
        inventory: As Ansible reads it.
        hosts: Those that the run is planned for.
        folder: Private; keeps what the run said.
        variables: For all hosts; no secrets, they are written down.
        check: Only say what would change.
        ssh_config: Settings of ssh, with the keys of hosts that are known.
        roles: Only these; all where none is named.

    Raises:
        ProblemError: This machine has no ansible-playbook.
    """
    if shutil.which("ansible-playbook") is None:
        raise ProblemError(Problem("harden-no-ansible", "ansible-playbook"))
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    seen = _Seen()
    run = ansible_runner.run(
        private_data_dir=str(folder),
        project_dir=str(PLAYBOOKS),
        playbook=playbook,
        inventory=str(inventory.resolve()),
        limit=",".join(sorted(hosts)),
        extravars=dict(variables),
        envvars=_environment(ssh_config),
        cmdline=_words(check=check, roles=roles),
        suppress_env_files=True,
        quiet=True,
        event_handler=seen,
        rotate_artifacts=5,
    )
    stats = run.stats or {}
    lost = {**stats.get("dark", {}), **stats.get("failures", {})}
    undone = hosts - (set(stats.get("processed", {})) - set(lost))
    failed = {host: seen.failed.get(host, f"{run.status}: not done") for host in undone}
    changed = {host: int(stats.get("changed", {}).get(host, 0)) for host in hosts - undone}
    return Played(changed, failed, {host: tuple(names) for host, names in seen.tasks.items()})


def _words(*, check: bool, roles: Sequence[str]) -> str | None:
    words = [*(["--check"] if check else []), *(["--tags", ",".join(roles)] if roles else [])]
    return " ".join(words) or None


class _Seen:
    """Listens to the run; it must answer True, or the runner keeps no event and no statistics."""

    def __init__(self) -> None:
        self.tasks: dict[str, list[str]] = {}
        self.failed: dict[str, str] = {}

    def __call__(self, event: Mapping[str, Any]) -> bool:
        data = event.get("event_data") or {}
        host, kind = str(data.get("host", "")), event.get("event")
        result = data.get("res") or {}
        if kind == "runner_on_ok" and result.get("changed"):
            self.tasks.setdefault(host, []).append(str(data.get("task", "")))
        if kind in {"runner_on_failed", "runner_on_unreachable"} and not data.get("ignore_errors"):
            said = str(result.get("msg") or result.get("stderr") or "failed")
            self.failed[host] = f"{data.get('task', '')}: {said}"[:500]
        return True


def _environment(ssh_config: Path | None) -> dict[str, str]:
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    config = (f"-F {ssh_config.resolve()}",) if ssh_config else ()
    return {**kept, **SETTINGS, "ANSIBLE_SSH_ARGS": " ".join((*config, *SSH))}

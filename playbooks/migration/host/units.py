"""Which units of systemd move, and how they stay stopped on the side that is out of use."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence

from playbooks.migration.files import stopping
from playbooks.migration.files.place import FilesPlace
from playbooks.migration.host.own import FOLDER
from playbooks.migration.host.plan import HostPlan

AWAY = f"{FOLDER}/away"
DROP_IN = "00-sen-moved.conf"
# What a machine needs for itself, wherever its work is done.
_MACHINE = re.compile(
    r"(systemd-.*|dbus.*|sshd?(-keygen|@.*)?|sshd-keygen.*|.*getty.*|user(-runtime-dir)?@.*|udev.*"
    r"|polkit|networking|network|NetworkManager.*|ifup@.*|wpa_supplicant.*|dhc.*|resolvconf.*"
    r"|chronyd?|ntp.*|auditd|rsyslog|syslog.*|qemu-.*|vmtoolsd|open-vm-tools|vgauth|cloud-.*"
    r"|irqbalance|acpid.*|firewalld|nftables|iptables|ufw|lvm2-.*|dm-event.*|multipathd.*|iscsi.*"
    r"|mdmonitor.*|rescue|emergency|initrd-.*|apparmor|rngd|haveged|tuned|snapd.*|ModemManager)"
    r"\.(service|socket|timer|path)"
)
_RUN = (
    "systemctl list-units --plain --no-legend --no-pager --full --type=service --state=running; "
    "systemctl list-units --plain --no-legend --no-pager --full "
    "--type=timer --type=socket --type=path --state=active"
)


def running(place: FilesPlace, plan: HostPlan) -> list[str]:
    """Give the units that run and move: services, timers, sockets and paths.

    Raises:
        ProblemError: The host is not reached, or systemd does not answer.
    """
    if plan.services:
        return sorted(plan.services)
    return chosen(place.run(_RUN).decode(), plan)


def chosen(said: str, plan: HostPlan) -> list[str]:
    """Choose among what systemd listed."""
    found = {line.split()[0] for line in said.splitlines() if line.strip()}
    return sorted(u for u in found if not _MACHINE.fullmatch(u) and u not in plan.stay)


def of_machine(units: Sequence[str]) -> list[str]:
    """Choose the units that a machine needs for itself."""
    return [each for each in units if _MACHINE.fullmatch(each)]


def enable(place: FilesPlace, units: Sequence[str]) -> None:
    """Enable the machine's own units again; those that went with the old system are passed over.

    Raises:
        ProblemError: The host is not reached.
    """
    if units:
        one = 'systemctl -q enable --no-reload -- "$u" 2>/dev/null || true'
        place.run(f"for u in {shlex.join(units)}; do {one}; done")


def guard(place: FilesPlace, units: Sequence[str]) -> None:
    """Let none of these start while the host is out of use, after a restart of it too.

    Raises:
        ProblemError: The host is not reached.
    """
    text = f"[Unit]\nConditionPathExists=!{AWAY}\n"
    made = "; ".join(
        f"mkdir -p {folder} && printf %s {shlex.quote(text)} > {folder}/{DROP_IN}"
        for folder in (shlex.quote(f"/etc/systemd/system/{each}.d") for each in units)
    )
    place.run(f"set -e; umask 022; {made or ':'}; systemctl daemon-reload")


def unguard(place: FilesPlace) -> None:
    """Take the guard away.

    Raises:
        ProblemError: The host is not reached.
    """
    found = f"find /etc/systemd/system -mindepth 2 -maxdepth 2 -name {DROP_IN} -path '*.d/*'"
    folders = "find /etc/systemd/system -maxdepth 1 -type d -name '*.d' -empty -delete"
    place.run(f"{found} -delete; {folders}; rm -f {AWAY}; systemctl daemon-reload")


def put_out_of_use(place: FilesPlace) -> None:
    """Say on a host that it is not the one: what is guarded does not start there."""
    place.run(f"set -e; umask 022; mkdir -p {FOLDER}; : > {AWAY}; sync")


def stop(place: FilesPlace, units: Sequence[str], seconds: int) -> list[str]:
    """Stop units and keep them stopped; give those that had to be killed after so many seconds.

    Raises:
        ProblemError: The host is not reached, or a unit does not stop.
    """
    put_out_of_use(place)
    resting = set(idle(place, units))
    return stopping.stop(place, [each for each in units if each not in resting], seconds)


def start(place: FilesPlace, units: Sequence[str]) -> list[str]:
    """Start units anew, and enable those that were not; give those that do not run.

    Raises:
        ProblemError: The host is not reached.
    """
    words = shlex.join(units)
    enabled = (
        'if [ "$(systemctl is-enabled -- "$u" 2>/dev/null)" = disabled ]; '
        'then systemctl -q enable --no-reload -- "$u" || true; fi'
    )
    begun = f"systemctl restart -- {words} || true"
    enabling = f"for u in {words}; do {enabled}; done; " if units else ""
    again = f"; {begun}" if units else ""
    place.run(f"rm -f {AWAY}; {enabling}systemctl daemon-reload{again}")
    return idle(place, units)


def idle(place: FilesPlace, units: Sequence[str]) -> list[str]:
    """Give those of the units that do not run."""
    asked = 'case "$(systemctl is-active -- "$u")" in inactive|failed|unknown) echo "$u";; esac'
    said = place.run(f"for u in {shlex.join(units)}; do {asked}; done") if units else b""
    return said.decode().split()

"""Stops units on a host within a time: one service that does not end holds up a whole move."""

from __future__ import annotations

import shlex
import time
from collections.abc import Sequence

from playbooks.migration.files.place import FilesPlace
from stacks.problem import Problem, ProblemError

# systemd waits 90 s by itself; Apache's graceful stop has been seen to take all of them.
STOP_SECONDS = 15
_SECONDS_BETWEEN_LOOKS = 0.1
_SHOWN = ("ActiveState", "SubState", "ControlGroup")
_STOPPED = ("inactive", "failed")
# The last thing that systemd waits for: that no process is left; no program of the unit runs after.
_WAITS_FOR_PROCESSES = ("final-sigterm", "final-sigkill")


def stop(place: FilesPlace, units: Sequence[str], seconds: int = STOP_SECONDS) -> list[str]:
    """Stop units, and kill those that still run after `seconds`; give the killed ones.

    Raises:
        ProblemError: The host is not reached, does not know a unit, or a unit runs on for as long
            again after it was killed.
    """
    if not units:
        return []
    place.run(f"systemctl stop --no-block -- {shlex.join(units)}")
    killed = _left_after(place, units, seconds)
    if not killed:
        return []
    # A unit that ended just now has nothing left to kill, and says so.
    place.run(f"systemctl kill --signal=KILL -- {shlex.join(killed)} || true")
    left = _left_after(place, units, seconds)
    if left:
        said = {"units": ", ".join(left), "seconds": seconds}
        raise ProblemError(Problem("files-unit-runs-on", place.remote.address, said))
    return killed


def _left_after(place: FilesPlace, units: Sequence[str], seconds: int) -> list[str]:
    """Give what still runs after so many seconds, sooner where nothing does."""
    late = time.monotonic() + seconds
    while left := _left(place, units):
        if time.monotonic() > late:
            break
        time.sleep(_SECONDS_BETWEEN_LOOKS)
    return left


def _left(place: FilesPlace, units: Sequence[str]) -> list[str]:
    """Give what still runs.

    In a container with cgroup v1, systemd is not told that the last process of a unit went, and
    takes the unit for one that stops until its time is over: we look ourselves, and let it look.
    """
    names = " ".join(f"-p {each}" for each in _SHOWN)
    said = place.run(f"systemctl show {names} -- {shlex.join(units)}").decode("utf-8", "replace")
    shown = [dict(line.split("=", 1) for line in each.splitlines()) for each in said.split("\n\n")]
    at = dict(zip(units, shown, strict=True))
    left = [unit for unit, is_ in at.items() if is_["ActiveState"] not in _STOPPED]
    waiting = [unit for unit in left if at[unit]["SubState"] in _WAITS_FOR_PROCESSES]
    gone = [unit for unit in waiting if _empty(place, at[unit]["ControlGroup"])]
    if gone:
        place.run("systemctl daemon-reload")
    return [unit for unit in left if unit not in gone]


def _empty(place: FilesPlace, group: str) -> bool:
    """See that a control group, of v2 or of systemd's own in v1, is there and has no process."""
    if not group:
        return True
    files = (f"/sys/fs/cgroup{root}{group}/cgroup.procs" for root in ("", "/systemd"))
    first, second = (shlex.quote(each) for each in files)
    seen = f"{{ cat {first} || cat {second}; }} 2>/dev/null && echo seen || true"
    return place.run(seen).split() == [b"seen"]

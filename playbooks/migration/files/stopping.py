"""Stops units on a host within a time: one service that does not end holds up a whole move."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from playbooks.migration.files.place import FilesPlace

# systemd waits 90 s by itself; Apache's graceful stop has been seen to take all of them.
STOP_SECONDS = 15
# The exit code of `timeout` when the time is over.
_LATE = 124


def stop(place: FilesPlace, units: Sequence[str], seconds: int = STOP_SECONDS) -> list[str]:
    """Stop units, and kill those that still run after `seconds`; give the killed ones.

    Raises:
        ProblemError: The host is not reached, does not know a unit, or a unit does not stop.
    """
    if not units:
        return []
    words = shlex.join(units)
    text = f"""
        timeout {seconds} systemctl stop -- {words}; code=$?
        [ $code = {_LATE} ] || exit $code
        for unit in {words}; do
          case "$(systemctl is-active -- "$unit")" in
            inactive|failed|unknown) ;;
            *) systemctl kill --signal=KILL -- "$unit"; echo "$unit" ;;
          esac
        done
        systemctl stop -- {words}
    """
    return place.run(text).decode("utf-8", "replace").split()

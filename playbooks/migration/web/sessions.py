"""Sessions of PHP: requests that hold one end first; where wanted, sessions go along."""

from __future__ import annotations

import shlex

from playbooks.migration.files.place import FilesPlace

# PHP keeps the file of a session open, and locked, until the request ends.
_DRAIN = (
    "n=0; while ls -l /proc/[0-9]*/fd 2>/dev/null | grep -qF -e {mark}; do "
    '[ "$n" -lt {seconds} ] || break; n=$((n+1)); sleep 1; done; '
    "ls -l /proc/[0-9]*/fd 2>/dev/null | grep -cF -e {mark}; true"
)
_PACK = (
    "cd {folder} 2>/dev/null || exit 0; find . -maxdepth 1 -type f -name 'sess_*' -print0 "
    "| tar -c --null -T - --numeric-owner -f -"
)


def drain(place: FilesPlace, folder: str, seconds: int) -> int:
    """Wait until no request holds a session; give how many still did after the time.

    Raises:
        ProblemError: The host is not reached.
    """
    mark = shlex.quote(f"-> {folder}/sess_")
    return int(place.run(_DRAIN.format(mark=mark, seconds=seconds)))


def carry(source: FilesPlace, target: FilesPlace, folder: str, user: str | None = None) -> int:
    """Bring the sessions along, so that people stay logged in; give how many.

    Raises:
        ProblemError: A host is not reached.
    """
    at = shlex.quote(folder)
    packed = source.run(_PACK.format(folder=at))
    if not packed:
        return 0
    names = target.run(f"cd {at} && tar -x -v -p --numeric-owner -f -", packed)
    if user and names:
        target.run(f"cd {at} && xargs -r chown {shlex.quote(user)}:", names)
    return len(names.split())

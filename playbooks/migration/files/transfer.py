"""One pass of rsync between two hosts.

The newer end is the client, whichever way the files go: an old server only has to answer. What the
client says the other end is to run is checked word by word: no host commands another.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from playbooks.migration.files.place import FilesPlace, failed
from playbooks.migration.files.relay import Joined
from stacks.problem import Problem, ProblemError
from stacks.remote import FAILED, why

PARTIAL = ".sen-partial"
SECONDS_OF_SILENCE = 300
KEPT = (
    *("--archive", "--hard-links", "--acls", "--xattrs", "--sparse", "--numeric-ids"),
    *("--one-file-system", f"--partial-dir={PARTIAL}", "--delete-delay", "--stats"),
    *("--blocking-io", f"--timeout={SECONDS_OF_SILENCE}"),  # else the plug meets EAGAIN
)
NO_RSYNC = 127
ALONE = 12
TOO_MANY_DELETED = 25
VANISHED = 24
DELETED = "*deleting"
FULL = (b"No space left on device", b"Disk quota exceeded")
# The server's flags, all in one word, and the long options that these passes lead to.
FLAGS = re.compile(r"-[A-Za-z]+(e[0-9.]*[A-Za-z]*)?")
LONG = re.compile(
    r"--(server|sender|numeric-ids|one-file-system|delete-delay|delete|stats|sparse"
    r"|timeout=[0-9]+|max-delete=[0-9]+|bwlimit=[0-9.]+[kmgKMG]?|log-format=(%i|X)|partial-dir"
    rf"|partial-dir={re.escape(PARTIAL)})|{re.escape(PARTIAL)}"
)
# rsync starts it in place of ssh: what rsync would run there goes first, as a line. It must end
# when the other end has ended, for rsync waits for it.
PLUG = """sh -c 'printf "%s\\n" "$*" >&8; exec 3<&0; cat <&3 >&8 & exec cat <&7 3<&- 8>&-' plug"""


@dataclass(frozen=True)
class Pass:
    """What one pass did.

    Attributes:
        code: 0, or 24 where files went away while they were read.
        changed: Files whose content was sent.
        deleted: Files and folders that went away.
        items: Lines of what differs, of a dry pass.
    """

    code: int
    passed: int
    changed: int
    deleted: int
    items: tuple[str, ...] = ()


def transfer(
    new: FilesPlace,
    old: FilesPlace,
    more: Sequence[str],
    *,
    back: bool = False,
    beat: Callable[[int], None] = lambda _passed: None,
) -> Pass:
    """Bring what differs from the old place to the new one, or `back`.

    Raises:
        ProblemError: A host is not reached, has no rsync, or rsync did not do all of it.
    """
    ends = ("h:/x/", f"{new.path}/")
    ends = ends[::-1] if back else ends
    words = shlex.join(["rsync", *KEPT, *more, "-e", PLUG, *ends])
    client = f"exec 7<&0 8>&1; LC_ALL=C; export LC_ALL; {words} </dev/null >&2"
    joined = Joined(beat)
    first, second = joined.join(
        new.remote.command(new.shell(client)),
        lambda line: old.remote.command(old.shell(served(line, old))),
    )
    if first.returncode and any(text in first.stderr + second.stderr for text in FULL):
        raise ProblemError(Problem("files-disk-full", str(old if back else new)))
    if first.returncode == ALONE:  # the client only noticed that the other end is gone
        _raise(second.returncode, second.stderr or first.stderr, old)
    _raise(first.returncode, first.stderr, new)
    _raise(second.returncode, second.stderr, old)
    return _told(first.returncode, joined.passed, first.stderr.decode("utf-8", "backslashreplace"))


def served(line: str, old: FilesPlace) -> str:
    """Give the shell text that runs rsync's server on the old folder.

    Raises:
        ProblemError: The line asks for something that no pass of ours asks for.
    """
    words = line.split()
    options = words[3:-2]
    if words[:3] != ["h", "rsync", "--server"] or words[-2:-1] != ["."]:
        raise ProblemError(Problem("files-strange-request", str(old)))
    if not all(FLAGS.fullmatch(each) or LONG.fullmatch(each) for each in options):
        raise ProblemError(Problem("files-strange-request", str(old)))
    return f"exec rsync --server {shlex.join(options)} . {shlex.quote(old.path + '/')}"


def _raise(code: int, said: bytes, place: FilesPlace) -> None:
    if code in {0, VANISHED}:
        return
    if code == FAILED:
        error = why(said.decode("utf-8", "replace"))
        raise ProblemError(Problem(error.key, str(place), {"detail": error.detail}))
    if code == NO_RSYNC or b"rsync: not found" in said:
        raise ProblemError(Problem("files-no-rsync", str(place)))
    if code == TOO_MANY_DELETED:
        raise ProblemError(Problem("files-delete-stopped", str(place)))
    raise failed(str(place), code, said)


def _told(code: int, passed: int, said: str) -> Pass:
    items = tuple(line for line in said.splitlines() if re.match(r"[*.<>ch][a-zA-Z+.]{8,}", line))
    return Pass(
        code,
        passed,
        _count(said, r"Number of (?:regular )?files transferred"),
        sum(line.startswith(DELETED) for line in items) or _count(said, "Number of deleted files"),
        items,
    )


def _count(said: str, label: str) -> int:
    found = re.search(rf"{label}: ([\d,.]+)", said)
    return int(re.sub(r"\D", "", found[1])) if found else 0

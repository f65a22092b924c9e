"""Passes of rsync over a whole host: what differs goes over, and a lost disk empties nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from playbooks.migration.files.guard import KIB
from playbooks.migration.files.place import FilesPlace
from playbooks.migration.files.transfer import DELETED, VANISHED, transfer
from playbooks.migration.host.own import filters, measure
from playbooks.migration.host.survey import Survey, disks
from playbooks.migration.steps import Pulse
from stacks.problem import Problem, ProblemError

Facts = Mapping[str, object]


@dataclass(frozen=True)
class Passes:
    """The way between two roots; each pass sends what differs.

    Attributes:
        disks: Mount points that the old host had when it was first looked at.
        most: Files that a pass may delete; more is taken for a mistake.
    """

    source: FilesPlace
    target: FilesPlace
    disks: Sequence[str]
    most: int
    kib_a_second: int | None = None

    def first(self, pulse: Pulse, left_out: Sequence[str]) -> Facts:
        """Delete whatever is there, and believe no size and time: another system brought it.

        Raises:
            ProblemError: A host is not reached, lost a disk, or rsync did not do all of it.
        """
        self.target.run(f"mkdir -p {self.target.quoted}")
        return self._send(pulse, left_out, "--checksum")

    def second(self, pulse: Pulse, left_out: Sequence[str]) -> Facts:
        """Look first at what would be deleted.

        Raises:
            ProblemError: As of `first`; or it would delete too much, and deleted nothing.
        """
        self._few_deleted(left_out, back=False)
        return self._send(pulse, left_out)

    def last(self, pulse: Pulse, left_out: Sequence[str]) -> Facts:
        """Lose no time with looking first: people wait.

        Raises:
            ProblemError: As of `first`; or it stopped deleting at what is allowed.
        """
        return self._quiet(self._send(pulse, left_out, f"--max-delete={self.most}"), self.source)

    def back(self, pulse: Pulse, left_out: Sequence[str]) -> Facts:
        """Send the other way, after a look: the old host has no copy.

        Raises:
            ProblemError: As of `second`.
        """
        self._few_deleted(left_out, back=True)
        return self._quiet(self._send(pulse, left_out, back=True), self.target)

    def _send(self, pulse: Pulse, left_out: Sequence[str], *more: str, back: bool = False) -> Facts:
        still_mounted(self.source, self.disks, disks(self.source))
        words = [*filters(left_out), *more]
        if self.kib_a_second:
            words.append(f"--bwlimit={self.kib_a_second}")
        done = transfer(self.target, self.source, words, back=back, beat=pulse.beat)
        told = {"files": done.changed, "deleted": done.deleted, "bytes": done.passed}
        return {**told, "vanished": done.code == VANISHED}

    def _quiet(self, facts: Facts, place: FilesPlace) -> Facts:
        """Refuse what was tolerable while people worked: files that went away meanwhile."""
        if facts["vanished"]:
            raise ProblemError(Problem("files-changing", str(place), {"count": 1}))
        place = self.target if place is self.source else self.source
        place.run("sync")
        return facts

    def _few_deleted(self, left_out: Sequence[str], *, back: bool) -> None:
        words = ("--dry-run", "--itemize-changes", *filters(left_out))
        items = transfer(self.target, self.source, words, back=back).items
        count = sum(line.startswith(DELETED) for line in items)
        if count > self.most:
            place = self.source if back else self.target
            said = {"count": count, "most": self.most}
            raise ProblemError(Problem("files-too-many-deleted", str(place), said))


def still_mounted(source: FilesPlace, before: Sequence[str], now: Sequence[str]) -> None:
    """Take no disk that is not mounted any more for an empty folder.

    Raises:
        ProblemError: The old host lost a disk.
    """
    lacking = sorted(set(before) - set(now))
    if lacking:
        said = {"disks": ", ".join(lacking)}
        raise ProblemError(Problem("host-move-not-mounted", source.remote.address, said))


def taken(place: FilesPlace, left_out: Sequence[str]) -> int:
    """Give the bytes that all but what is left out takes; files may go away meanwhile."""
    said = place.run(f"cd {place.quoted} 2>/dev/null && {{ {measure(left_out)}; }} || true")
    return int(said or b"0") * KIB


def free(new: Survey, left_out: Sequence[str]) -> int:
    """Give the bytes that the disks of a host still take, of those that are not left out."""
    return sum(each.free for each in new.disks if each.path not in left_out)

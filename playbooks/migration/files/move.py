"""The steps that move a folder: passes in use, a last one when nobody writes, and back."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from playbooks.migration.files.compare import ATTRIBUTES, compare
from playbooks.migration.files.guard import Memory, bytes_in, few_deleted, full, look
from playbooks.migration.files.manifest import names
from playbooks.migration.files.naming import Naming, naming, rename
from playbooks.migration.files.place import FilesPlace
from playbooks.migration.files.stopping import STOP_SECONDS, stop
from playbooks.migration.files.transfer import PARTIAL, VANISHED, transfer
from playbooks.migration.steps import Pulse, Step
from playbooks.migration.verify import Verdict
from stacks.problem import Problem, ProblemError

Facts = Mapping[str, object]
KIB = 1024
MOST_DELETED = 1000


@dataclass(frozen=True)
class FilesMove:
    """One folder on its way from one host to another, through this machine.

    Attributes:
        name: Of the part: letters, digits and `_`.
        folder: Where it remembers what it saw; beside the journals.
        services: Units that write into the folder: stopped on the old host while it switches.
        new_services: Units that write on the new host: started by the switch, stopped before the
            way back.
        stop_seconds: How long they may take to stop before they are killed.
        most_deleted: Files that a pass may delete; more is taken for a mistake.
        kib_a_second: What rsync may send at most; None for as fast as it goes.
        unicode_names: Whether names in old encodings become Unicode on the new host.
    """

    name: str
    source: FilesPlace
    target: FilesPlace
    folder: Path
    services: tuple[str, ...] = ()
    new_services: tuple[str, ...] = ()
    stop_seconds: int = STOP_SECONDS
    most_deleted: int = MOST_DELETED
    kib_a_second: int | None = None
    unicode_names: bool = False

    def fill(self) -> list[Step]:
        """Give the steps that bring the files over while they are in use."""
        return [
            Step("check", self._check),
            Step("first pass", self._pass),
            Step("second pass", self._pass),
        ]

    def switch(self) -> list[Step]:
        """Give the steps of the switch; from the first to the last nobody can write."""
        return [
            Step(
                "stop writing",
                lambda _: self._stop(self.source, self.services),
                undo=self._undo_stop,
            ),
            Step("last pass", self._last),
            Step("names", self._rename, undo=self._undo_names),
            Step("start new", self._start_new, undo=self._stop_new),
        ]

    def back(self) -> list[Step]:
        """Give the steps that bring what changed since back to the old host."""
        return [
            Step("stop new", lambda _: self._stop(self.target, self.new_services)),
            Step("old names", lambda _: {"names": self._names_back()}),
            Step("pass back", self._return),
            Step("start old", lambda _: {"started": self._go()}),
        ]

    def finish(self) -> list[Step]:
        """Give the steps that end the way back."""
        return [Step("tidy", self._tidy, final=True)]

    def verify(self) -> Verdict:
        """Compare both ends; nobody may write meanwhile."""
        return compare(self.source, self.target, self._named())

    def renamed(self) -> list[dict[str, str]]:
        """Give old and new path of what was renamed, for the report."""
        found = self._named()
        return found.rows() if found else []

    @property
    def _memory(self) -> Memory:
        return Memory(self.folder / f"files-{self.name}.json")

    def _check(self, _pulse: Pulse) -> Facts:
        for place in (self.source, self.target):
            if not place.run("command -v rsync || true").strip():
                raise ProblemError(Problem("files-no-rsync", str(place)))
        old = full(self.source, self._mount())
        self.target.run(f"mkdir -p {self.target.quoted}")
        new = look(self.target)
        if new.entries and self._memory.read().get("target") != str(self.target):
            raise ProblemError(Problem("files-target-in-use", str(self.target)))
        size = bytes_in(self.source)
        missing = size - bytes_in(self.target) - new.free
        if missing > 0:
            said = {"mib": missing // KIB**2 + 1}
            raise ProblemError(Problem("files-no-room", str(self.target), said))
        self._memory.keep(mount=old.mount, target=str(self.target))
        return {"bytes": size, "mount": old.mount}

    def _pass(self, pulse: Pulse, *, back: bool = False) -> Facts:
        """Look first at what would be deleted, then send what differs."""
        self._there(back=back)
        few_deleted(self.target, self.source, self.most_deleted, back=back)
        return self._send(pulse, back=back)

    def _there(self, *, back: bool = False) -> None:
        """See that what is read was not unmounted meanwhile, and so taken for empty."""
        full(self.target if back else self.source, None if back else self._mount())

    def _send(self, pulse: Pulse, *, back: bool = False) -> Facts:
        more = [f"--max-delete={self.most_deleted}"]
        if self.kib_a_second:
            more.append(f"--bwlimit={self.kib_a_second}")
        done = transfer(self.target, self.source, more, back=back, beat=pulse.beat)
        return {
            "files": done.changed,
            "deleted": done.deleted,
            "bytes": done.passed,
            "vanished": done.code == VANISHED,
        }

    def _last(self, pulse: Pulse) -> Facts:
        """List no more than once, for people wait: the comparison of both ends comes after it."""
        self._there()
        facts = self._quiet(self._send(pulse), self.source)
        if self.unicode_names:
            self._same_attributes()
        self.target.run("sync")
        return facts

    def _same_attributes(self) -> None:
        """See ACLs and attributes as long as both ends have the same names."""
        rest = transfer(self.target, self.source, ATTRIBUTES)
        if rest.items:
            said = {"count": len(rest.items)}
            raise ProblemError(Problem("files-changing", str(self.source), said))

    def _return(self, pulse: Pulse) -> Facts:
        facts = self._quiet(self._pass(pulse, back=True), self.target)
        self.source.run("sync")
        return facts

    def _quiet(self, facts: Facts, place: FilesPlace) -> Facts:
        """Refuse what was tolerable while people worked: files that went away meanwhile."""
        if facts["vanished"]:
            raise ProblemError(Problem("files-changing", str(place), {"count": 1}))
        return facts

    def _rename(self, _pulse: Pulse) -> Facts:
        if not self.unicode_names:
            return {}
        found = self._named() or naming(names(self.target))
        self._memory.keep(naming=found.json())
        told = {"clashes": len(found.clashes), "doubtful": len(found.doubtful)}
        return {"encoding": found.encoding, "names": rename(self.target, found), **told}

    def _names_back(self) -> int:
        found = self._named()
        count = rename(self.target, found, back=True) if found else 0
        self._memory.keep(naming="")
        return count

    def _undo_names(self) -> None:
        self._names_back()

    def _undo_stop(self) -> None:
        self._go()

    def _named(self) -> Naming | None:
        said = self._memory.read().get("naming")
        try:
            return Naming.parse(str(said)) if said else None
        except ValueError:
            raise self._memory.broken() from None

    def _mount(self) -> str | None:
        said = self._memory.read().get("mount")
        return str(said) if said else None

    def _stop(self, place: FilesPlace, services: tuple[str, ...]) -> Facts:
        killed = stop(place, services, self.stop_seconds)
        return {"stopped": list(services), **({"killed": killed} if killed else {})}

    def _go(self) -> int:
        if self.services:
            self.source.run(f"systemctl start -- {shlex.join(self.services)}")
        return len(self.services)

    def _start_new(self, _pulse: Pulse) -> Facts:
        """Start what the last way back stopped."""
        if self.new_services:
            self.target.run(f"systemctl start -- {shlex.join(self.new_services)}")
        return {"started": list(self.new_services)}

    def _stop_new(self) -> None:
        self._stop(self.target, self.new_services)

    def _tidy(self, _pulse: Pulse) -> Facts:
        for place in (self.source, self.target):
            found = f"find {place.quoted} -xdev -name {PARTIAL} -type d -prune"
            place.run(f"{found} -exec rm -rf {{}} +")
        self._memory.forget()
        return {}

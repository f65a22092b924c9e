"""The steps that move a whole host: its files in use, then its services, and all of it back."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from playbooks.migration.files.guard import Memory
from playbooks.migration.files.place import FilesPlace
from playbooks.migration.files.transfer import PARTIAL
from playbooks.migration.host import units
from playbooks.migration.host.compare import compare, written_since
from playbooks.migration.host.own import OWN, STARTS
from playbooks.migration.host.passes import Passes, free, still_mounted, taken
from playbooks.migration.host.plan import HostPlan
from playbooks.migration.host.refusal import no_room, refusals, warnings
from playbooks.migration.host.survey import Survey, survey
from playbooks.migration.steps import Pulse, Step
from playbooks.migration.verify import Check, Difference, Verdict
from stacks.problem import Problem, ProblemError

Facts = Mapping[str, object]
ROOT = "/"
NAMED = 5
# What a host runs is its own affair on the way back: the old one knows how it ran.
ENABLED = "/etc/systemd/system"


@dataclass(frozen=True)
class HostMove:
    """One host on its way into another, which is replaced by it but for what makes it itself.

    Attributes:
        name: Of the part: letters, digits and `_`.
        source: The root of the old host.
        target: The root of the new host; another folder of it for a rehearsal.
        folder: Where it remembers what it saw; beside the journals.
    """

    name: str
    source: FilesPlace
    target: FilesPlace
    folder: Path
    plan: HostPlan

    def fill(self) -> list[Step]:
        """Give the steps that bring the files over while the old host is in use."""
        return [
            *self.trial(),
            Step("log in", self._log_in),
        ]

    def trial(self) -> list[Step]:
        """Give the steps of a rehearsal: the files come into a folder, nothing starts."""
        return [
            Step("check", self._check),
            Step("first pass", lambda pulse: self._passes.first(pulse, self._held)),
            Step("second pass", lambda pulse: self._passes.second(pulse, self._held)),
        ]

    def switch(self) -> list[Step]:
        """Give the steps of the switch; from the first to the last nobody can write."""
        return [
            Step("stop old", self._stop_old, undo=self._undo_stop),
            Step("last pass", lambda pulse: self._passes.last(pulse, self._left_out)),
            Step("compare", self._compare),
            Step("start new", self._start_new, undo=self._undo_start),
        ]

    def back(self) -> list[Step]:
        """Give the steps that bring what was written since back to the old host."""
        return [
            Step("stop new", lambda _: {"stopped": self._stop_new()}),
            Step("pass back", self._return),
            Step("start old", lambda _: {"started": self._start_old()}),
        ]

    def finish(self) -> list[Step]:
        """Give the steps that end the way back; the old host keeps its services stopped."""
        return [Step("tidy", self._tidy, final=True)]

    def verify(self) -> Verdict:
        """Compare both hosts; once the new one works, see that it does and the old one rests."""
        seen = self._memory.read().get("compared")
        if not isinstance(seen, dict):
            return compare(self.source, self.target, self._left_out)
        if not isinstance(seen.get("files"), int):
            raise self._memory.broken()
        idle = [Difference(each, "missing") for each in units.idle(self.target, self._units)]
        return Verdict(
            [
                Check.of("files", seen["files"], [], str(seen.get("digest"))),
                Check.of("services", len(self._units), idle),
                written_since(self.source, self._left_out),
            ]
        )

    @property
    def _memory(self) -> Memory:
        return Memory(self.folder / f"host-{self.name}.json")

    def _remembered(self, key: str) -> list[str]:
        found = self._memory.read().get(key)
        return [str(each) for each in found] if isinstance(found, list) else []

    @property
    def _left_out(self) -> list[str]:
        return self._remembered("left_out")

    @property
    def _held(self) -> list[str]:
        return [*self._left_out, *STARTS]

    @property
    def _units(self) -> list[str]:
        return self._remembered("units")

    def _check(self, _pulse: Pulse) -> Facts:
        ends = self.source, self.target
        with ThreadPoolExecutor(len(ends)) as pool:
            old, new = pool.map(survey, ends)
        thing = self.target.remote.address
        self._refuse(*refusals(old, new, self.plan, thing))
        left_out = self._own(old, new)
        with ThreadPoolExecutor(len(ends)) as pool:
            size, held = pool.map(taken, ends, (left_out, left_out))
        there = free(new, left_out) + held
        self._refuse(*no_room(size, there, thing))
        disks = [each.path for each in old.disks]
        still_mounted(self.source, self._remembered("disks"), disks)
        self._memory.keep(left_out=left_out, disks=disks, machine=units.of_machine(new.enabled))
        if self.target.path == ROOT:
            units.put_out_of_use(self.target)
        told = [each.text() for each in warnings(old, new, thing)]
        return {"bytes": size, "disks": disks, "left_out": left_out, "warnings": told}

    def _refuse(self, *problems: Problem) -> None:
        if problems:
            raise ProblemError(*problems)

    def _own(self, old: Survey, new: Survey) -> list[str]:
        """Give what stays of each host: its identity, what it mounts, how we log in."""
        homes = [f"{each.login[2]}/.ssh" for each in (old, new) if each.login[2] not in {"", "/"}]
        apart = [each for each in (*old.apart(), *new.apart()) if each != ROOT]
        disks = {each.path for each in old.disks}
        alone = [each.path for each in new.disks if each.path not in disks]
        asked = "; ".join(f"[ -e {q} ] || echo {q}" for q in map(shlex.quote, alone))
        lacking = self.source.run(asked).decode().splitlines() if alone else []
        return sorted({*OWN, *self.plan.leave_out, *homes, *apart, *lacking})

    @property
    def _passes(self) -> Passes:
        disks, most = self._remembered("disks"), self.plan.most_deleted
        return Passes(self.source, self.target, disks, most, self.plan.kib_a_second)

    def _log_in(self, _pulse: Pulse) -> Facts:
        """See, days before the switch, that the replaced host still lets us in."""
        judged = "PATH=$PATH:/usr/sbin:/sbin; if command -v sshd >/dev/null; then sshd -t; fi"
        self.target.run(judged)
        return {"user": self.target.remote.run("id -un").stdout.decode().strip()}

    def _stop_old(self, _pulse: Pulse) -> Facts:
        """Remember what ran before anything is stopped: a killed run must not forget it."""
        if not self._memory.read().get("stopped"):
            found = units.running(self.source, self.plan)
            self._memory.keep(units=found, stopped=True, compared=None)
        units.guard(self.source, self._units)
        killed = units.stop(self.source, self._units, self.plan.stop_seconds)
        return {"stopped": self._units, "killed": killed}

    def _start_old(self) -> list[str]:
        """Start what ran on the old host; a unit that does not run again is named."""
        self._running(self.source, units.start(self.source, self._units))
        self._memory.keep(stopped=False, compared=None)
        return self._units

    def _compare(self, _pulse: Pulse) -> Facts:
        """Compare before anything starts on the new host: it writes from then on."""
        verdict = compare(self.source, self.target, self._left_out)
        if not verdict.good:
            found = [each for check in verdict.checks for each in check.differences]
            names = ", ".join(each.where for each in found[:NAMED])
            said = {"count": sum(check.count for check in verdict.checks), "names": names}
            raise ProblemError(Problem("host-move-differs", self.source.remote.address, said))
        files = verdict.checks[0]
        self._memory.keep(compared={"files": files.looked_at, "digest": files.digest})
        return verdict.facts()

    def _start_new(self, _pulse: Pulse) -> Facts:
        units.enable(self.target, self._remembered("machine"))
        self._running(self.target, units.start(self.target, self._units))
        return {"started": self._units}

    def _running(self, place: FilesPlace, idle: Sequence[str]) -> None:
        if idle:
            said = {"units": ", ".join(idle)}
            raise ProblemError(Problem("host-move-not-running", place.remote.address, said))

    def _undo_stop(self) -> None:
        self._start_old()

    def _undo_start(self) -> None:
        self._stop_new()

    def _stop_new(self) -> list[str]:
        """Stop also what was set up on the new host since."""
        found = sorted({*self._units, *units.running(self.target, self.plan)})
        units.guard(self.target, found)
        units.stop(self.target, found, self.plan.stop_seconds)
        return found

    def _return(self, pulse: Pulse) -> Facts:
        self._memory.keep(compared=None)
        left_out = [*self._left_out, ENABLED]
        return self._passes.back(pulse, left_out)

    def _tidy(self, _pulse: Pulse) -> Facts:
        units.unguard(self.target)
        prune = " -o ".join(f"-path {shlex.quote('.' + path)}" for path in self._left_out)
        found = f"find . \\( {prune} \\) -prune -o -name {PARTIAL} -type d -prune"
        for place in (self.source, self.target):
            place.run(f"cd {place.quoted} && {found} -exec rm -rf {{}} +")
        self._memory.forget()
        return {}

"""The steps that wipe what a person named, the last of a move, and what proves it."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from playbooks.migration.files.guard import Memory
from playbooks.migration.files.place import FilesPlace
from playbooks.migration.part import Bystander
from playbooks.migration.steps import Pulse, Step
from playbooks.migration.wipe import disk, folder
from playbooks.migration.wipe.plan import WipePlan
from playbooks.migration.wipe.sample import Stock
from stacks.problem import Problem, ProblemError

Facts = Mapping[str, object]
ALL_CLEAR = "wiped"


@dataclass(frozen=True)
class Wipe(Bystander):
    """Folders and disks of one old host, wiped when the hold is over and all else has finished.

    Attributes:
        name: Of the part: letters, digits and `_`.
        folder: Where it remembers what there was; beside the journals.
    """

    name: str
    source: FilesPlace
    folder: Path
    plan: WipePlan
    chance: random.Random = field(default_factory=random.SystemRandom)

    def fill(self) -> list[Step]:
        """Give the step that finds a wrong name while there is time."""
        return [Step("named", self._named)]

    def rehearsal(self) -> list[Step]:
        return self.fill()

    def finish(self) -> list[Step]:
        """Give the steps that wipe; each thing is looked at again before the first is touched."""
        return [
            Step("take stock", self._take_stock, final=True),
            Step("overwrite", self._overwrite, final=True),
            Step("prove", self._prove, final=True),
            Step("remove", self._remove, final=True),
        ]

    @property
    def _memory(self) -> Memory:
        return Memory(self.folder / f"wipe-{self.name}.json")

    def _named(self, _pulse: Pulse) -> Facts:
        found = self._look()
        return {"bytes": sum(each.bytes for each in found), "backup": self.plan.backup}

    def _look(self) -> list[Stock]:
        """Look at everything that is named.

        Raises:
            ProblemError: The host has another name, or something is not what was named.
        """
        name = self.source.run("uname -n").decode().strip()
        if name != self.plan.confirm:
            said = {"name": name, "said": self.plan.confirm}
            raise ProblemError(Problem("wipe-other-host", self.source.remote.address, said))
        folders = [folder.look(self.source, each) for each in self.plan.folders]
        return [*folders, *(disk.look(self.source, each) for each in self.plan.disks)]

    def _take_stock(self, _pulse: Pulse) -> Facts:
        """Remember what there is before anything is touched; a run after a kill believes it."""
        if "stock" not in self._memory.read():
            found = self._look()
            for each in found:
                self._unused(each)
            self._memory.keep(stock=[self._sampled(each).facts() for each in found])
        return {"stock": [_brief(each) for each in self._stock()], "backup": self.plan.backup}

    def _unused(self, stock: Stock) -> None:
        is_folder = stock.kind == "folder"
        who = folder.used(self.source, stock.path) if is_folder else disk.idle(self.source, stock)
        if who:
            thing = f"{self.source.remote.address}:{stock.path}"
            raise ProblemError(Problem("wipe-in-use", thing, {"what": who}))

    def _sampled(self, stock: Stock) -> Stock:
        if stock.kind == "folder":
            return folder.sampled(self.source, stock, self.plan.samples)
        return disk.sampled(self.source, stock, self.plan.samples, self.chance)

    def _stock(self) -> list[Stock]:
        found = self._memory.read().get("stock", [])
        try:
            return [Stock.parse(each) for each in cast("list[dict[str, Any]]", found)]
        except (KeyError, TypeError):
            raise self._memory.broken() from None

    def _overwrite(self, pulse: Pulse) -> Facts:
        """Overwrite one after the other; a disk goes on at the byte where it stopped."""
        stock = self._stock()
        total, before = sum(each.bytes for each in stock), 0
        for each in stock:
            self._unused(each)
            if each.kind == "folder":
                folder.overwrite(self.source, each)
                self._keep(each.path, method=folder.METHOD)
            else:
                self._zeroed(each, _told(pulse, before, total))
            before += each.bytes
            pulse.beat(before, total)
        return {"bytes": total}

    def _zeroed(self, stock: Stock, told: Callable[[int], None]) -> None:
        done = self._memory.read().get(f"at {stock.path}", 0)
        begin = done if isinstance(done, int) else 0
        if not stock.method:
            # Discarding after a part is written would lose nothing, but the record must be true.
            gone = begin == 0 and disk.discard(self.source, stock)
            self._keep(stock.path, method=disk.DISCARDED if gone else disk.METHOD)

        def kept(at: int) -> None:
            self._memory.keep(**{f"at {stock.path}": at})
            told(at)

        disk.overwrite(self.source, stock, begin, kept)

    def _keep(self, path: str, **more: Any) -> None:  # noqa: ANN401 - fields of the stock
        stock = [dataclasses.replace(e, **more) if e.path == path else e for e in self._stock()]
        self._memory.keep(stock=[each.facts() for each in stock])

    def _prove(self, _pulse: Pulse) -> Facts:
        """Read back; what this gives is the record that stands in the chain of evidence."""
        proven = [
            (folder if each.kind == "folder" else disk).prove(self.source, each)
            for each in self._stock()
        ]
        return {
            "host": self.plan.confirm,
            "address": self.source.remote.address,
            "backup": self.plan.backup,
            ALL_CLEAR: [each.facts() for each in proven],
        }

    def _remove(self, _pulse: Pulse) -> Facts:
        """Take away the files that are only zeros; disks stay as they are."""
        folders = [each for each in self._stock() if each.kind == "folder"]
        for each in folders:
            folder.remove(self.source, each)
        self._memory.forget()
        return {"folders": len(folders)}


def _brief(stock: Stock) -> dict[str, object]:
    return {key: value for key, value in stock.facts().items() if key != "samples"}


def _told(pulse: Pulse, before: int, total: int) -> Callable[[int], None]:
    return lambda at: pulse.beat(before + at, total)

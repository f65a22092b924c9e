"""Where runs are kept: one file of JSON lines a run, written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import chain
from pathlib import Path

from policies.finding import Finding
from sen.assessment.lines import Line, damaged, read, write
from sen.assessment.record import Reader, records
from sen.assessment.run import RUN_ID, Run, run_from
from sen.assessment.seen import Seen, SystemId, current, standing
from sen.errors import MissingPartError
from sen.paths import state_dir
from stacks.problem import Problem, ProblemError

FORMAT = "sen-assessment-1"
UNREADABLE = (KeyError, TypeError, ValueError, AttributeError)


class Store:
    """A folder of runs; writers do not wait for one another, readers see whole runs only."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def save(self, run: Run, findings: Iterable[Finding]) -> Path:
        """Keep a run; its file appears complete, private, and never changes.

        Raises:
            ProblemError: A run of this id is already kept.
            MissingPartError: The folder cannot be written.
        """
        final = self._file(run.id)
        head: Line = {"format": FORMAT, "run": run.record()}
        try:
            _appear(final, chain([head], records(findings)))
        except FileExistsError:
            raise ProblemError(Problem("report-run-twice", run.id)) from None
        except OSError as error:
            values = {"reason": error.strerror}
            raise MissingPartError(Problem("report-store", str(self.folder), values)) from None
        return final

    def runs(self) -> tuple[Run, ...]:
        """Give every run, oldest first."""
        found = (_head(file) for file in self.folder.glob("*.jsonl"))
        return tuple(sorted(found, key=lambda run: (run.ended, run.id)))

    def run(self, run_id: str) -> Run:
        """Give one run.

        Raises:
            ProblemError: There is none of this id, or its file is damaged.
        """
        return _head(self._kept(run_id))

    def findings(self, run_id: str) -> Iterator[Finding]:
        """Give the findings of a run one by one.

        Raises:
            ProblemError: There is none of this id, or a line of its file is damaged.
        """
        file, reader = self._kept(run_id), Reader()
        for number, line in read(file):
            try:
                finding = reader.take(line) if number > 1 else None
            except UNREADABLE as error:
                raise ProblemError(damaged(file, number, type(error).__name__)) from None
            if finding is not None:
                yield finding

    def latest(
        self, system: SystemId | None = None, at: datetime | None = None
    ) -> dict[str, list[Seen]]:
        """Give what was last seen of each control, on each object, by each rule.

        Args:
            system: Only its objects, and the platform's, which serve every system.
            at: As it was known then; later runs are left out.
        """
        known = [run for run in self.runs() if at is None or run.ended <= at]
        return current(
            Seen(run, finding)
            for run in standing(known)
            for finding in self.findings(run.id)
            if system is None or system.owns(finding.target)
        )

    def _kept(self, run_id: str) -> Path:
        file = self._file(run_id)
        if not file.is_file():
            raise ProblemError(Problem("report-run-unknown", run_id))
        return file

    def _file(self, run_id: str) -> Path:
        if not RUN_ID.match(run_id):
            raise ProblemError(Problem("report-run-unknown", run_id))
        return self.folder / f"{run_id}.jsonl"


def default_store() -> Store:
    """Give the store of this machine: `$XDG_STATE_HOME/sen/assessment`."""
    return Store(state_dir() / "assessment")


def _head(file: Path) -> Run:
    _, line = next(read(file))
    try:
        return run_from(line["run"] if line["format"] == FORMAT else {})
    except UNREADABLE as error:
        raise ProblemError(damaged(file, 1, type(error).__name__)) from None


def _appear(final: Path, lines: Iterable[Line]) -> None:
    """Write a file under another name and link it when it is whole; never replace one."""
    folder = final.parent
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=folder, prefix=".new-")
    try:
        write(handle, lines)
        os.link(name, final)  # refuses to replace, as a rename would not
    finally:
        Path(name).unlink()
    _settle(folder)


def _settle(folder: Path) -> None:
    """Make a new name outlive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

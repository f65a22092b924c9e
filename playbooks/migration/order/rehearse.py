"""Rehearses a system's move: the whole way, on copies that are thrown away, timed.

A PostgreSQL database is copied first, and the copy goes the whole way: filled, switched, verified,
led back. What cannot be copied where it is, a MariaDB database or a folder, is filled into a target
to be thrown away, and followed once more: that last pass is what the switch will wait for. So is an
application, whose files are changed there as they will be, and a host, which goes into a folder.
An endpoint is asked, pointed nowhere.
"""

from __future__ import annotations

import dataclasses
import shlex
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from playbooks.migration.cutover import Journey
from playbooks.migration.cutover.endpoint import Side
from playbooks.migration.files.move import FilesMove
from playbooks.migration.files.place import FilesPlace
from playbooks.migration.host.move import HostMove
from playbooks.migration.mariadb.move import MariadbToPostgres
from playbooks.migration.mariadb_replica.move import MariadbMove
from playbooks.migration.mariadb_replica.rehearsal import Rehearsal
from playbooks.migration.part import Bystander, Part
from playbooks.migration.postgres.move import PostgresMove
from playbooks.migration.postgres.throwaway import throwaway
from playbooks.migration.steps import Journal, Pulse, Run, Step
from playbooks.migration.steps.run import Record
from playbooks.migration.steps.step import Facts
from playbooks.migration.web.move import WebMove
from stacks.problem import ProblemError

# Between the name of a system's move and the part that is rehearsed, in records.
OF = "-rehearsal of "
# What a rehearsal of a part that is not copied follows by, and the step of the switch it shows.
STANDS_FOR = {"second pass": "last pass"}


@dataclasses.dataclass
class Nowhere:
    """An endpoint that leads nobody anywhere."""

    now: Side = Side.OLD

    def side(self) -> Side:
        return self.now

    def point(self, side: Side) -> None:
        self.now = side


def rehearse(name: str, parts: Sequence[Part], record: Record) -> float:
    """Go the whole way with every part, and give the seconds that people would have waited.

    Raises:
        ProblemError: Something failed; what was made for the rehearsal is gone.
    """
    with tempfile.TemporaryDirectory(prefix="sen-rehearsal-") as folder:
        return sum(
            _rehearsed(f"{name}{OF}{part.name}", part, _own(Path(folder), part), record)
            for part in parts
        )


def _own(folder: Path, part: Part) -> Path:
    """Give a part its own folder: parts of one kind have steps of the same names in journals."""
    own = folder / part.name
    own.mkdir()
    return own


def _rehearsed(name: str, part: Part, folder: Path, record: Record) -> float:
    if isinstance(part, PostgresMove):
        return _postgres(name, part, folder, record)
    if isinstance(part, MariadbToPostgres):
        with throwaway(part.target, f"sen_try_{part.name}") as target:
            trial = dataclasses.replace(part, target=target)
            _, *shut, _ = trial.switch()  # without the freeze, and nobody is let in
            last = [*map(_anyhow, shut), _compared(trial)]
            return _filled(name, trial.fill(), last, folder, record)
    if isinstance(part, MariadbMove):
        trial_of = Rehearsal(part, f"sen_try_{part.name}")
        with trial_of.made():
            return _filled(name, trial_of.fill(), trial_of.switch(), folder, record)
    if isinstance(part, Bystander):
        _run(f"{name}: ask", part.rehearsal(), folder, record)
        return 0.0
    if isinstance(part, (FilesMove, WebMove, HostMove)):
        with _beside(part.target) as place:
            return _followed(name, part, place, folder, record)
    raise TypeError(type(part).__name__)


def _postgres(name: str, part: PostgresMove, folder: Path, record: Record) -> float:
    """Copy the source, lead the copy over, verify it, lead it back."""
    short = f"sen_try_{part.name}"
    with throwaway(part.target, f"{short}_old") as old, throwaway(part.target, short) as new:
        dump = str(folder / "snapshot")
        part.source.program(["pg_dump", "-Fd", "-j2", "-Z0", "-f", dump])
        old.program(["pg_restore", "-j2", "--no-owner", "-d", old.database, dump])
        trial = dataclasses.replace(part, name=f"{part.name}_try", source=old, target=new)
        journey = Journey(name, [trial], Nowhere(), folder, record)
        try:
            journey.fill()
            waited = sum(journey.cut_over().seconds.values())
            journey.roll_back()
        finally:
            for flow in (trial.forth, trial.behind):
                flow.unsubscribe()
        return waited


def _followed(
    name: str, part: FilesMove | WebMove | HostMove, place: FilesPlace, folder: Path, record: Record
) -> float:
    """Fill a folder that goes away, and follow once more; of a site all is done but its opening."""
    if isinstance(part, FilesMove):
        files = dataclasses.replace(part, target=place, folder=folder / part.name)
        steps = files.fill()
        return _filled(name, steps, [*steps[-2:], _compared(files)], folder, record)
    trial = dataclasses.replace(part, target=place, folder=folder / part.name)
    steps = trial.trial()
    whole = isinstance(trial, HostMove)
    last = [*steps[-1:], _compared(trial, "compare")] if whole else steps[-3:]
    return _filled(name, steps, last, folder, record)


def _compared(part: Part, name: str = "verify") -> Step:
    """Compare for the time it takes: people write meanwhile, so that much may differ."""

    def compared(_: Pulse) -> Facts:
        part.verify()
        return {}

    return Step(name, compared)


def _anyhow(step: Step) -> Step:
    """Do a step for its time: a child whose parent came later than its copy breaks a key."""

    def done(pulse: Pulse) -> Facts:
        with suppress(ProblemError):
            return step.do(pulse)
        return {}

    return Step(step.name, done)


def _filled(
    name: str, steps: Sequence[Step], last: Sequence[Step], folder: Path, record: Record
) -> float:
    """Fill, then follow once more: what has changed meanwhile is little, as at the switch."""
    _run(f"{name}: fill", steps, folder, record)
    started = time.monotonic()
    named = [dataclasses.replace(each, name=STANDS_FOR.get(each.name, each.name)) for each in last]
    _run(f"{name}: cut over", named, folder, record)
    return time.monotonic() - started


def _run(name: str, steps: Sequence[Step], folder: Path, record: Record) -> None:
    Run(name, steps, Journal(folder / f"{name.replace('/', '-')}.jsonl"), record).forward()


@contextmanager
def _beside(target: FilesPlace) -> Iterator[FilesPlace]:
    """Give a folder beside the target; it goes afterwards, whatever happens."""
    place = dataclasses.replace(target, path=f"{target.path}.rehearsal")
    try:
        yield place
    finally:
        place.run(f"rm -rf -- {shlex.quote(place.path)}")

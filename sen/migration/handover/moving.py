"""What a person does with a wave's journals: pack them here, take them from another machine."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from playbooks.migration.cutover.journals import Journals
from sen.errors import MissingPartError
from sen.local.files import private_folder, write_private
from sen.migration.handover.bundle import JOURNAL, Contents, collected, opened, sealed
from sen.migration.handover.judging import behind, refuse_newer_here
from sen.migration.handover.placing import hand_over, place, settle, staged
from sen.migration.running import Turn
from sen.migration.wave import Wave
from stacks.problem import Problem, ProblemError

PACKED, TAKEN, COMMAND = "migration.journals-pack", "migration.journals-take", "journals"


def pack(wave: Wave, file: Path, *, handing: bool) -> str:
    """Write all journals of a wave that lie here into one file; give its SHA-256.

    Args:
        wave: Of which no command may run here.
        file: Written whole, for its owner alone.
        handing: Whether no command may go on with the wave here afterwards.

    Raises:
        ProblemError: There are none, or a command runs the wave.
    """
    folder = wave.folder / wave.order.wave
    with _held(wave):
        contents = collected(folder, _systems(wave))
        _refuse_none(contents, folder)
        at = dt.datetime.now(dt.UTC)
        data = sealed(contents, wave.order.wave, wave.order.digest(), at)
        digest = hashlib.sha256(data).hexdigest()
        write_private(file, data)
        _record(wave, PACKED, {"sha256": digest, "files": len(contents), "handed_over": handing})
        if handing:
            hand_over(folder, digest)
    return digest


def take(wave: Wave, source: Path) -> int:
    """Take the journals of a wave from a packed file, or from another machine's folder of them.

    Gives how many files there are; 0 where these are here already. Given again after a kill, it
    goes on.

    Raises:
        ElsewhereError: Another machine runs the wave.
        ProblemError: They are not whole, or others are newer: here, or by what chain, object and
            endpoint tell. Then nothing was taken.
    """
    folder = private_folder(wave.folder / wave.order.wave)
    turn = Turn(wave.waves, wave.order, wave.folder, wave.person, COMMAND)
    with turn.held(), _held(wave):
        contents = _brought(wave, source)
        draft = staged(folder, contents)
        systems = [each for each in _systems(wave) if (draft / each).is_dir()]
        # All are judged, the first one that tells less as much as the last.
        more = [refuse_newer_here(folder / each, draft / each) for each in systems]
        _refuse_behind(wave, draft, source)
        same = not any(more) and contents.items() <= collected(folder, systems).items()
        data = {"sha256": _digest(contents), "files": len(contents)}
        if not same:
            _record(wave, TAKEN, data)
        place(folder)
    return 0 if same else len(contents)


def _brought(wave: Wave, source: Path) -> Contents:
    if source.is_dir():
        root = source / wave.order.wave
        contents = collected(root, _systems(wave))
        _refuse_none(contents, root)
        return contents
    contents = opened(source, wave.order.wave, _systems(wave))
    _refuse_none(contents, source)
    return contents


def _refuse_behind(wave: Wave, draft: Path, source: Path) -> None:
    records = list(wave.ledger.chain.records())
    thing = _thing(wave)
    for system, journey in wave.journeys():
        name, brought = f"{wave.order.wave}/{system.system}", draft / system.system
        if told := list(behind(name, brought, records, thing, journey.endpoint)):
            values = {"source": source, "told": "; ".join(told)}
            raise ProblemError(Problem("wave-journals-behind", name, values))


def _thing(wave: Wave) -> dict[str, Any] | None:
    """Give the wave's object; where the API server is away, it tells nothing."""
    try:
        return wave.waves.get(wave.order.wave)
    except (MissingPartError, ProblemError):
        return None


@contextmanager
def _held(wave: Wave) -> Iterator[None]:
    """Keep commands of this machine from every system, and finish what was being put in place."""
    with ExitStack() as stack:
        for system in _systems(wave):
            journals = Journals(wave.folder / wave.order.wave / system, wave.order.wave)
            stack.enter_context(journals.held())
        settle(wave.folder / wave.order.wave)
        yield


def _systems(wave: Wave) -> list[str]:
    return [each.system for each in wave.order.systems]


def _refuse_none(contents: Contents, where: Path) -> None:
    if not any(name.endswith(JOURNAL) for name in contents):
        raise ProblemError(Problem("wave-journals-none", str(where)))


def _digest(contents: Contents) -> str:
    found = hashlib.sha256()
    for name, each in sorted(contents.items()):
        found.update(name.encode() + b"\0" + hashlib.sha256(each).digest())
    return found.hexdigest()


def _record(wave: Wave, act: str, data: dict[str, object]) -> None:
    wave.ledger.record(wave.person, act, wave.order.wave, data)

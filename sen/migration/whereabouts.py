"""Where the journals of a wave lie: who has none of a move that has begun would begin it anew."""

from __future__ import annotations

from pathlib import Path

from sen.migration.begun import is_open
from sen.migration.objects import Waves
from sen.migration.running import place_of, run_of, running
from stacks.problem import Problem, ProblemError


def refuse_without_journals(waves: Waves, wave: str, folder: Path) -> None:
    """Refuse a wave that has begun elsewhere; where the API server is away, nobody can tell.

    Args:
        waves: The waves of the platform.
        wave: Its name.
        folder: Of all journals of this machine.

    Raises:
        ProblemError: Its move has begun, and this machine has no journals of it.
    """
    if any((folder / wave).rglob("*.jsonl")):
        return
    try:
        found = waves.read(wave)
    except Exception:  # noqa: BLE001 - the move goes on without it
        return
    if found is None or is_open(found[0]) or running(*found):  # one that runs is told by its turn
        return
    run = run_of(found[0])
    if run is None or run.place != place_of(folder):
        raise ProblemError(Problem("wave-journals-elsewhere", wave, {"folder": folder / wave}))

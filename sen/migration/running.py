"""Who runs a wave: said on its object, renewed while the command lives, one machine at a time.

On one machine the locks of the journals part those who run a wave; between machines, which share no
journals, the object does. Where the API server is away, a move goes on without it.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import os
import socket
import sys
import threading
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playbooks.migration.cutover.word import say
from playbooks.migration.order import WaveOrder
from sen.local.files import private_folder, write_private
from sen.migration.objects import Object, Waves
from sen.migration.status import of_order
from stacks.models.objects.wave import WaveRun
from stacks.problem import Problem, ProblemError

RENEWED = dt.timedelta(seconds=30)
# Each lost try is a change that somebody else made; a claim among them ends the tries.
TRIES = 20


class ElsewhereError(ProblemError):
    """Another machine runs the wave."""


@dataclass
class Turn:
    """A command's turn at a wave.

    Attributes:
        folder: Of all journals of this machine.
        by: Who gave the command, as the API server knows them.
    """

    waves: Waves
    order: WaveOrder
    folder: Path
    by: str
    command: str
    id: str = field(default_factory=lambda: uuid.uuid4().hex)
    ended: threading.Event = field(default_factory=threading.Event)
    _since: dt.datetime | None = None

    @contextmanager
    def held(self, every: dt.timedelta = RENEWED) -> Iterator[None]:
        """Hold the wave while a command runs.

        Raises:
            ElsewhereError: Another machine runs it.
        """
        with _lock(self.folder / self.order.wave) as lock:
            self._try_to_take()
            beat = threading.Thread(target=self._renew, args=(every,), daemon=True)
            beat.start()
            try:
                yield
            finally:
                self.ended.set()
                beat.join(RENEWED.total_seconds())
                if _alone(lock):
                    with suppress(Exception):  # what is not renewed is taken for ended
                        self.leave()

    def take(self) -> None:
        """Say on the object that this command runs the wave, or still does.

        Raises:
            ElsewhereError: Another machine runs it.
            MissingPartError: The API server does not answer.
            ProblemError: It does not know the kind yet.
        """
        for _ in range(TRIES):
            thing, now = self._there()
            said = run_of(thing)
            if said and said.place != self._place and said.silent(now) is None:
                raise ElsewhereError(Problem("wave-run-elsewhere", self.order.wave, told(said)))
            if self._yields_to(said, now) or self._written(thing, self._run(now)):
                return

    def leave(self) -> None:
        """Take from the object that this machine runs the wave."""
        for _ in range(TRIES):
            thing, _now = self._there()
            said = run_of(thing)
            if said is None or said.place != self._place or self._written(thing, None):
                return

    def _try_to_take(self) -> None:
        """Take the turn; whatever keeps it from being written, but another machine, stops no move.

        Raises:
            ElsewhereError: Another machine runs it.
        """
        try:
            self.take()
        except ElsewhereError:
            raise
        except Exception as error:  # noqa: BLE001 - the move goes on without it
            if [each.key for each in getattr(error, "problems", ())] != ["wave-no-kind"]:
                self._tell("wave-run-unwritten", {"reason": type(error).__name__})

    def _renew(self, every: dt.timedelta) -> None:
        while not self.ended.wait(every.total_seconds()):
            try:
                self.take()
            except ElsewhereError as error:
                self._tell("wave-run-lost", error.problems[0].values)
                return
            except Exception:  # noqa: BLE001, S112 - the next beat tries again
                continue

    def _yields_to(self, said: WaveRun | None, now: dt.datetime) -> bool:
        """Say whether nothing is to be written: ended, or another command here renews its own."""
        if self.ended.is_set():
            return True
        if said is None or said.id == self.id or said.place != self._place:
            return False
        return self._since is not None and now - said.seen < 2 * RENEWED

    def _run(self, now: dt.datetime) -> WaveRun:
        self._since = self._since or now
        return WaveRun(
            id=self.id,
            command=self.command,
            by=self.by,
            machine=socket.gethostname(),
            place=self._place,
            since=self._since,
            seen=now,
        )

    def _written(self, thing: Object, run: WaveRun | None) -> bool:
        version = str(thing["metadata"]["resourceVersion"])
        return self.waves.run(self.order.wave, version, run)

    def _there(self) -> tuple[Object, dt.datetime]:
        """Give the wave's object, made from its order where no plan made it, and the time."""
        found = self.waves.read(self.order.wave)
        if found is None:
            self.waves.put(self.order.wave, of_order(self.order))
            found = self.waves.read(self.order.wave)
        if found is None:
            raise RuntimeError(self.order.wave)
        return found

    @property
    def _place(self) -> str:
        return place_of(self.folder)

    def _tell(self, key: str, values: Mapping[str, object]) -> None:
        sys.stderr.write(f"{Problem(key, self.order.wave, values).text()}\n")


def run_of(thing: Mapping[str, Any]) -> WaveRun | None:
    """Give the run that an object tells of, however old."""
    said = (thing.get("status") or {}).get("run")
    return WaveRun.model_validate(said) if said else None


def running(thing: Mapping[str, Any], now: dt.datetime) -> WaveRun | None:
    """Give the run that is alive now, by the clock of the API server."""
    said = run_of(thing)
    return said if said and said.silent(now) is None else None


def said_of(thing: Mapping[str, Any], now: dt.datetime) -> str:
    """Say which command runs a wave, in the reader's language; empty where none does.

    One that was killed stays on the object; of it the minutes without a sign are told.
    """
    run = run_of(thing)
    if run is None:
        return ""
    silent = run.silent(now)
    return say("run" if silent is None else "run-silent", minutes=silent, **told(run))


def told(run: WaveRun) -> dict[str, object]:
    """Give what is told of a run to people."""
    since, seen = (each.isoformat(timespec="seconds") for each in (run.since, run.seen))
    return {
        "by": run.by,
        "command": run.command,
        "machine": run.machine,
        "since": since,
        "seen": seen,
    }


def place_of(folder: Path) -> str:
    """Give the name of a folder of journals on this machine; it stays the same."""
    file = folder / ".place"
    if not file.exists():
        name = uuid.uuid4().hex
        draft = folder / f".place.{name}"
        write_private(draft, name)
        with suppress(FileExistsError):
            os.link(draft, file)
        draft.unlink()
    return f"{socket.gethostname()}/{file.read_text('utf-8')}"


@contextmanager
def _lock(folder: Path) -> Iterator[int]:
    """Share a lock with the other commands of this machine; a killed one gives it back."""
    number = os.open(private_folder(folder) / ".running.lock", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(number, fcntl.LOCK_SH)
        yield number
    finally:
        os.close(number)


def _alone(lock: int) -> bool:
    """Say whether no other command of this machine runs the wave."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True

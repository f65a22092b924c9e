"""A first copy over as many runs as it takes: tables that a killed run brought whole stay.

They are brought to the moment of the next dump by what the source's log says of them; the others
are copied from that dump. Where this cannot be exact, everything is copied anew.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from playbooks.migration.mariadb_replica import shapes
from playbooks.migration.mariadb_replica.copying import Copy
from playbooks.migration.mariadb_replica.flow import Flow
from playbooks.migration.mariadb_replica.notes import Noted, Notes
from playbooks.migration.mariadb_replica.replay import NotKeptError, Replay
from playbooks.migration.mariadb_replica.shapes import Shapes
from playbooks.migration.mariadb_replica.stream import Name, position_at
from playbooks.migration.steps import Pulse


@dataclass(frozen=True)
class Made:
    """A copy that is there.

    Attributes:
        position: From which to follow.
        kept: How many tables earlier runs had brought.
        anew: Why what they brought did not count; empty where it did, or where there was none.
    """

    position: str
    kept: int = 0
    anew: str = ""


@dataclass(frozen=True)
class FirstCopy:
    """One copy, from its beginning to its end.

    Attributes:
        remember: Keeps where the target was before it followed anybody.
    """

    copy: Copy
    flow: Flow
    notes: Notes
    remember: Callable[[], None]

    def make(self, pulse: Pulse) -> Made:
        """Go on with the copy, or begin it; what is there afterwards is of one moment."""
        self.copy.end_stale()
        noted = self.notes.read()
        try:
            made = self._begun(pulse) if noted is None else self._gone_on(noted, pulse)
        except NotKeptError as error:
            made = replace(self._begun(pulse), anew=str(error))
        self.copy.triggers()
        return made

    def _begun(self, pulse: Pulse) -> Made:
        """Copy everything; what is there goes first."""
        if self.flow.status() is not None:
            self.flow.end()
        self.notes.forget()
        self.copy.begin()
        return self._filled(_Hearing(self, pulse, shapes.look(self.copy.ends)))

    def _gone_on(self, noted: Noted, pulse: Pulse) -> Made:
        if noted.done:
            return Made(noted.position, len(noted.tables))
        now = shapes.look(self.copy.ends)
        kept = self._kept(noted, now)
        self.remember()
        replay = Replay(self.flow, self.notes, replace(noted, shapes=now, tables=kept))
        replay.begin()
        self.copy.clear(kept)
        replay.near(pulse)
        return self._filled(_Hearing(self, pulse, now, replay))

    def _kept(self, noted: Noted, now: Shapes) -> frozenset[Name]:
        """Give the whole tables that may go on from where they are.

        Raises:
            NotKeptError: None may.
        """
        if noted.shapes.rest != now.rest:
            raise NotKeptError("views, code or settings of the source changed")
        kept = shapes.closed(self.copy.ends, noted.shapes.same(now, noted.tables))
        if not kept:
            raise NotKeptError("no table was whole")
        return frozenset(kept)

    def _filled(self, hearing: _Hearing) -> Made:
        kept = hearing.kept
        self.copy.shapes(without=kept)
        position = self.copy.rows(replace(hearing.pulse), hearing, without=kept)
        self.notes.write(Noted(position, hearing.shapes, kept, done=True))
        return Made(position, len(kept))


@dataclass
class _Hearing:
    """Hears a dump pass: brings what is there to its moment, and notes what gets whole."""

    first: FirstCopy
    pulse: Pulse
    shapes: Shapes
    replay: Replay | None = None
    noting: bool = False

    @property
    def kept(self) -> frozenset[Name]:
        return self.replay.noted.tables if self.replay else frozenset()

    def begins(self, head: bytes) -> None:
        """Bring what is there to the dump's moment.

        Raises:
            NotKeptError: It cannot be brought there, or the source was changed meanwhile.
        """
        ends = self.first.copy.ends
        position = position_at(ends.source, head) if shapes.told_apart(ends) else None
        if self.replay:
            self._bring(self.replay, position)
        if position is not None:
            self.first.notes.write(Noted(position, self.shapes, self.kept))
            self.noting = True

    def ended(self, table: Name) -> bytes:
        return self.first.notes.whole(table) if self.noting else b""

    def _bring(self, replay: Replay, position: str | None) -> None:
        if position is None:
            raise NotKeptError("the dump tells no position before its rows")
        replay.to(position, self.pulse)
        now = shapes.look(self.first.copy.ends)
        if now.rest != self.shapes.rest or self.kept - self.shapes.same(now, self.kept):
            raise NotKeptError("the source was changed meanwhile")

"""Passes a dump on to a client, tells how far it is, and lets somebody hear of each table."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import IO, Protocol

from playbooks.migration.mariadb_replica.stream import Name, Piece, pieces
from playbooks.migration.steps import Pulse

BLOCK = 1 << 20
_EDGE = 1 << 16


class Heard(Protocol):
    """Who hears of tables while their rows pass."""

    def begins(self, head: bytes) -> None:
        """Hear what comes before the first row; none has passed yet."""
        ...

    def ended(self, table: Name) -> bytes:
        """Hear that a table's last row has passed; give what the client is to run now."""
        ...


@dataclass
class Passage:
    """One dump on its way.

    Attributes:
        database: In which it begins.
        pulse: Is told the bytes; None where nobody asks.
        total: Bytes that there will be, with those that are there already.
    """

    database: str
    pulse: Pulse | None = None
    total: int = 0
    there: int = 0
    heard: Heard | None = None
    _first: bytes = b""
    _last: bytes = b""
    _begun: bool = False

    def through(self, source: IO[bytes], target: IO[bytes]) -> bytes:
        """Pass all on and give both ends of it; a reader that went away says so when it exits."""
        with contextlib.suppress(BrokenPipeError):
            blocks = iter(lambda: source.read1(BLOCK), b"")  # type: ignore[attr-defined]
            for piece in pieces(blocks, self.database):
                self._pass(piece, target)
            if not self._begun:
                self._begin()
        for each in (target, source):
            with contextlib.suppress(BrokenPipeError):
                each.close()
        return self._edges

    @property
    def _edges(self) -> bytes:
        return self._first[:_EDGE] + b"\n" + self._last

    def _pass(self, piece: Piece, target: IO[bytes]) -> None:
        target.write(piece.words)
        self.there += len(piece.words)
        if len(self._first) < _EDGE:
            self._first += piece.words
        self._last = (self._last + piece.words)[-_EDGE:]
        if self.pulse:
            self.pulse.beat(min(self.there, self.total), self.total)
        if piece.begins and not self._begun:
            self._begin()
        if piece.ends and self.heard:
            target.write(self.heard.ended(piece.ends))
            target.flush()

    def _begin(self) -> None:
        self._begun = True
        if self.heard:
            self.heard.begins(self._edges)

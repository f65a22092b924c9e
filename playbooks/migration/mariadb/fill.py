"""Copies tables and brings what changed since, chunk by chunk or row by row."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from playbooks.migration.mariadb import memory, read
from playbooks.migration.mariadb.carry import Beat
from playbooks.migration.mariadb.mend import Mender
from playbooks.migration.mariadb.place import Connection, MariadbPlace
from playbooks.migration.mariadb.read import Span
from playbooks.migration.mariadb.shape import Plan
from playbooks.migration.mariadb.text import Reading
from playbooks.migration.postgres.place import PostgresPlace

# Keys from the log for which rows are asked one by one; for more all chunks are hashed.
MOST_KEYS = 100_000


@dataclass(frozen=True)
class Filling:
    """One table, both ends, and how its text is read."""

    source: MariadbPlace
    target: PostgresPlace
    plan: Plan
    readings: Mapping[str, Reading]
    rows_a_chunk: int

    def copy(self, beat: Beat) -> int:
        """Bring the chunks that are not there yet; give the rows brought."""
        known = memory.known(self.target, self.plan.table.name)
        whole = self.plan.ranged is None
        if known and (whole or known[-1].span.high is None):
            return 0
        after = known[-1].span.high if known else None
        with self.source.connected() as old:
            read.prepare(old)
            if whole:
                return self._mender.reload(old, list(read.pages(old, self.plan)), beat)
            low = read.LEAST if after is None else after
            spans = read.spans(old, self.plan, self.rows_a_chunk, low)
            return self._mender.copy(old, spans, beat)

    def follow(
        self, keys: Collection[int] | None, beat: Beat, *, hashed: bool = True
    ) -> dict[str, int]:
        """Bring what changed on the source; give chunks looked at, changed, and rows.

        Args:
            keys: First numbers of the keys that the log names; None where it names no row.
            beat: Is told of rows.
            hashed: Whether to compare all chunks by hash instead of believing the log.
        """
        many = len(keys or ()) > MOST_KEYS
        return self._by_hash(beat) if hashed or many else self._by_key(keys, beat)

    def _by_hash(self, beat: Beat) -> dict[str, int]:
        known = memory.known(self.target, self.plan.table.name)
        with self.source.connected() as old:
            read.prepare(old)
            changed, looked = self._changed(old, known)
            if not changed:
                return {"chunks": looked, "changed": 0, "rows": 0}
            if self.plan.ranged is None:
                pages = list(read.pages(old, self.plan))
                brought = self._mender.reload(old, pages, beat)
            else:
                brought = self._mender.mend(old, changed, {}, beat)
        return {"chunks": looked, "changed": len(changed), "rows": brought}

    def _by_key(self, keys: Collection[int] | None, beat: Beat) -> dict[str, int]:
        """Bring these rows, and chunks of which rows were refused."""
        name = self.plan.table.name
        known, aside = memory.known(self.target, name), memory.lows_aside(self.target, name)
        refused = {low for low, is_refused in aside.items() if is_refused}
        if keys is None and not refused and known:
            return {"chunks": 0, "changed": 0, "rows": 0}
        if not known or self.plan.ranged is None:
            return self._by_hash(beat)
        with self.source.connected() as old:
            read.prepare(old)
            named = _by_chunk(self._lows(old, known, keys or ()), keys or ())
            whole = refused | (named.keys() & aside.keys())
            again = [
                each.span for each in memory.known(self.target, name) if each.span.low in whole
            ]
            rest = {low: found for low, found in named.items() if low not in whole}
            brought = self._mender.mend(old, again, rest, beat)
        count = len(again) + len(rest)
        return {"chunks": count, "changed": count, "rows": brought}

    def _lows(
        self,
        old: Connection,
        known: Sequence[memory.Known],
        keys: Collection[int],
    ) -> list[int]:
        """Give where chunks begin; the open one is cut anew where many rows were added."""
        lows = [each.span.low for each in known]
        last = known[-1].span
        if any(key >= last.low for key in keys):
            cut = list(read.spans(old, self.plan, self.rows_a_chunk, last.low))
            if len(cut) > 1:
                self._mender.recut(cut)
                lows += [each.low for each in cut[1:]]
        return lows

    def _changed(
        self,
        old: Connection,
        known: Sequence[memory.Known],
    ) -> tuple[list[Span], int]:
        if self.plan.ranged is None:
            now = list(read.pages(old, self.plan))
            if [each.span for each in known] != now:
                return now, len(now)
        changed, looked = [], 0
        for each in known:
            for span in self._cut(old, each):
                looked += 1
                _, digest = read.digest(old, self.plan, span)
                if digest != each.digest or span != each.span:
                    changed.append(span)
        return changed, looked

    def _cut(self, old: Connection, known: memory.Known) -> Iterator[Span]:
        """Cut the open end anew, where rows are added; the others stay as they are."""
        if known.span.page is None and known.span.high is None:
            yield from read.spans(old, self.plan, self.rows_a_chunk, known.span.low)
        else:
            yield known.span

    @property
    def _mender(self) -> Mender:
        return Mender(self.target, self.plan, self.readings)


def _by_chunk(lows: Sequence[int], keys: Iterable[int]) -> dict[int, list[int]]:
    """Give the keys by the beginning of their chunk; the first takes what lies before it."""
    found: dict[int, list[int]] = {}
    for key in keys:
        found.setdefault(lows[max(0, bisect_right(lows, key) - 1)], []).append(key)
    return found

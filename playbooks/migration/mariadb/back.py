"""Brings back to the source what was written on the target since the switch, row by row."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pymysql

from playbooks.migration.mariadb import memory, read, rows, seen
from playbooks.migration.mariadb.lines import key_of, label
from playbooks.migration.mariadb.memory import Aside
from playbooks.migration.mariadb.place import Connection, MariadbPlace
from playbooks.migration.mariadb.place import name as quoted
from playbooks.migration.mariadb.read import Span
from playbooks.migration.mariadb.shape import Plan
from playbooks.migration.mariadb.text import Reading
from playbooks.migration.mariadb.write import Writer, values_at
from playbooks.migration.postgres.place import PostgresPlace, literal


@dataclass
class Changes:
    """What must be done on the source, in this order.

    Attributes:
        updates: The statement, and those that do the same where a unique value stands in the way.
    """

    deletes: list[str] = field(default_factory=list)
    updates: list[tuple[str, str, str]] = field(default_factory=list)
    inserts: list[str] = field(default_factory=list)
    letters: list[Aside] = field(default_factory=list)


@dataclass(frozen=True)
class Return:
    """One table on its way back."""

    source: MariadbPlace
    target: PostgresPlace
    plan: Plan
    readings: Mapping[str, Reading]

    def bring(self, beat: Callable[[int], None]) -> dict[str, int]:
        """Bring back what changed; may be done again after it was killed. Gives counts."""
        changed = seen.changed(self.target, self.plan)
        spans = [each.span for each in changed] if self.plan.ranged else [Span()][: len(changed)]
        changes = Changes()
        with self.source.connected() as old:
            read.prepare(old)
            for span in spans:
                beat(self._compare(old, span, changes))
            self._write(old, changes)
            self._count_on(old)
        asyncio.run(self._remembered(changed, changes))
        return {
            "inserted": len(changes.inserts),
            "updated": len(changes.updates),
            "deleted": len(changes.deletes),
            "letters": len(changes.letters),
        }

    def _compare(self, old: Connection, span: Span, changes: Changes) -> int:
        side = rows.of_source(old, self.plan, self.readings, span)
        lines = rows.of_target(self.target, self.plan, span)
        if self.plan.key:
            self._keyed(side, lines, changes)
        else:
            self._unkeyed(side, lines, changes)
        return len(lines)

    def _keyed(self, side: rows.Side, lines: Sequence[str], changes: Changes) -> None:
        writer = Writer(self.plan, self.readings)
        new = {key_of(self.plan, line): line for line in lines}
        for at, line in enumerate(side.lines):
            there = new.pop(key_of(self.plan, line), None)
            if there == line:
                continue
            was = values_at(side.block.values, at)
            where = writer.where(line, was)
            if there is None:
                changes.deletes.append(writer.delete(where))
                continue
            words = writer.update(line, there, was, where)
            changes.letters += self._lacking(writer, there)
            if words:
                changes.updates.append((words, writer.delete(where), writer.insert(there)))
                writer.lacking.clear()
        changes.inserts += self._inserts(writer, new.values(), changes)

    def _unkeyed(self, side: rows.Side, lines: Sequence[str], changes: Changes) -> None:
        """Compare as bags: rows without a key have no name but all they hold."""
        writer = Writer(self.plan, self.readings)
        new = Counter(lines)
        for at, line in enumerate(side.lines):
            if new[line]:
                new[line] -= 1
            else:
                where = writer.where(line, values_at(side.block.values, at))
                changes.deletes.append(writer.delete(where))
        changes.inserts += self._inserts(writer, new.elements(), changes)

    def _inserts(self, writer: Writer, lines: Iterable[str], changes: Changes) -> Iterator[str]:
        for line in lines:
            yield writer.insert(line)
            changes.letters += self._lacking(writer, line)

    def _lacking(self, writer: Writer, line: str) -> list[Aside]:
        """Name the row whose letters the old encoding does not all have."""
        columns = ", ".join(dict.fromkeys(writer.lacking))
        writer.lacking.clear()
        return [Aside("letters", label(self.plan, line), columns)] if columns else []

    def _write(self, old: Connection, changes: Changes) -> None:
        old.begin()
        with old.cursor() as cursor:
            for words in changes.deletes:
                cursor.execute(words)
            hindered = [each for each in changes.updates if not _updated(cursor, each[0])]
            for _, delete, _ in hindered:
                cursor.execute(delete)
            for words in [*(insert for _, _, insert in hindered), *changes.inserts]:
                cursor.execute(words)
        old.commit()

    def _count_on(self, old: Connection) -> None:
        """Let no number be given again that the target gave."""
        for each in self.plan.fields:
            if not each.column.counts:
                continue
            sequence = f"pg_get_serial_sequence({literal(self.plan.where)}, {literal(each.name)})"
            said = self.target.value(f"select pg_sequence_last_value({sequence}::regclass)")
            if said is not None and int(said) + 1 > (self.plan.table.next or 1):
                with old.cursor() as cursor:
                    table = quoted(self.plan.table.name)
                    cursor.execute(f"ALTER TABLE {table} AUTO_INCREMENT = {int(said) + 1}")

    async def _remembered(self, changed: Sequence[memory.Known], changes: Changes) -> None:
        """Let the next switch copy again what was brought back: its bytes are the source's now."""
        name = self.plan.table.name
        lows = [each.span.name for each in changed]
        async with self.target.connected() as connection, connection.transaction():
            await memory.set_aside(connection, name, 0, changes.letters)
            await memory.set_changed(connection, name, lows)


def _updated(cursor: Connection, words: str) -> bool:
    try:
        cursor.execute(words)
    except pymysql.err.IntegrityError:
        return False
    return True

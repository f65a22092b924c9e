"""Values of the target as the source's SQL, text as the bytes of its old encoding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from playbooks.migration.mariadb.lines import NULL, unescaped
from playbooks.migration.mariadb.place import name as quoted
from playbooks.migration.mariadb.shape import SINGLE, UNICODE, Field, Plan
from playbooks.migration.mariadb.text import Reading

_ZERO = {"day": "'0000-00-00'", "moment": "'0000-00-00 00:00:00'", "zoned": "'0000-00-00 00:00:00'"}


@dataclass
class Writer:
    """Makes statements for one table.

    Attributes:
        lacking: Columns of the row at hand whose letters the old encoding does not all have.
    """

    plan: Plan
    readings: Mapping[str, Reading]
    lacking: list[str] = field(default_factory=list)

    def insert(self, line: str) -> str:
        """Give the statement that makes a row as it stands on the target."""
        parts = self._parts(line)
        made = [each for each in self.plan.fields if not each.column.generated]
        columns = ", ".join(quoted(each.column.name) for each in made)
        values = ", ".join(self.value(each, parts[each.name], None) for each in made)
        return f"INSERT INTO {quoted(self.plan.table.name)} ({columns}) VALUES ({values})"  # noqa: S608

    def update(self, old: str, new: str, was: Mapping[str, bytes | None], where: str) -> str | None:
        """Give the statement that changes what differs; None where nothing but bytes does."""
        before, after = self._parts(old), self._parts(new)
        changed = [
            f"{quoted(each.column.name)} = "
            + self.value(each, after[each.name], was.get(each.column.name))
            for each in self.plan.fields
            if before[each.name] != after[each.name] and not each.column.generated
        ]
        if not changed:
            return None
        return f"UPDATE {quoted(self.plan.table.name)} SET {', '.join(changed)} WHERE {where}"  # noqa: S608

    def delete(self, where: str) -> str:
        return f"DELETE FROM {quoted(self.plan.table.name)} WHERE {where} LIMIT 1"  # noqa: S608

    def where(self, line: str, was: Mapping[str, bytes | None]) -> str:
        """Give the condition that holds for one row of the source, by key or by all it holds."""
        parts = self._parts(line)
        if self.plan.key:
            return " AND ".join(
                f"{quoted(each.column.name)} = {self._literal(each, parts[each.name], was)}"
                for each in self.plan.key
            )
        return " AND ".join(
            f"{each.read} <=> {self._shown(each, parts[each.name], was)}"
            for each in self.plan.fields
            if each.way != "double"
        )

    def value(self, column: Field, said: str, before: bytes | None) -> str:
        """Give a value as SQL."""
        if said == NULL:
            return "NULL" if column.column.nullable else _ZERO.get(column.way, "NULL")
        text = unescaped(said)
        if column.way == "text":
            data, whole = self.readings[column.column.name].encode(text, before)
            if not whole:
                self.lacking.append(column.column.name)
            return _bytes(column, data)
        if column.way == "bytes":
            return f"X'{text[2:]}'"
        if column.way == "shape":
            return f"ST_GeomFromWKB(X'{text[2:]}')"
        if column.way == "bits":
            return f"b'{text}'"
        if column.way == "zoned":
            text = text.rsplit(" ", 1)[0]
        return _quote(text)

    def _literal(self, column: Field, said: str, was: Mapping[str, bytes | None]) -> str:
        data = was.get(column.column.name)
        return self.value(column, said, None) if data is None else _bytes(column, data)

    def _shown(self, column: Field, said: str, was: Mapping[str, bytes | None]) -> str:
        data = was.get(column.column.name)
        if data is not None:
            return f"X'{data.hex()}'"
        return "NULL" if said == NULL else _quote(unescaped(said))

    def _parts(self, line: str) -> dict[str, str]:
        return dict(zip(self.plan.targets(), line.split("\t"), strict=True))


def values_at(values: Mapping[str, Sequence[bytes | None]], at: int) -> dict[str, bytes | None]:
    """Give the bytes of one row."""
    return {name: column[at] for name, column in values.items()}


def _bytes(column: Field, data: bytes) -> str:
    charset = column.column.charset
    if charset is None or column.way == "bytes":
        return f"X'{data.hex()}'"
    if charset in UNICODE or charset in SINGLE:
        return f"_{charset} X'{data.hex()}'"
    return f"CONVERT(_utf8mb4 X'{data.hex()}' USING {charset})"


def _quote(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"

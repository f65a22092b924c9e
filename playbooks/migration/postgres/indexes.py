"""Indexes, keys, constraints and triggers: built over the rows, those of a table once it has them.

pg_dump writes them and pg_restore makes them; what is there already is left out of its list.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playbooks.migration.postgres.place import PostgresPlace
from playbooks.migration.postgres.schema import WITHOUT, mark, marks
from playbooks.migration.verify.postgres_shape import built
from stacks.problem import Problem, ProblemError

BEGUN = "indexes begun"
_SECTION = "--section=post-data"
_ENTRY = re.compile(r"^\d+; (1259|2606) (\d+) (INDEX|CONSTRAINT) ")
# By the number that the dump's list has: whose index it is, and what it is called on either end.
_THERE = """
  select c.oid::bigint as number, 'INDEX' as kind, format('%I.%I', n.nspname, c.relname) as name,
    format('%I.%I', tn.nspname, t.relname) as of
  from pg_index i join pg_class c on c.oid = i.indexrelid
  join pg_namespace n on n.oid = c.relnamespace join pg_class t on t.oid = i.indrelid
  join pg_namespace tn on tn.oid = t.relnamespace where i.indisvalid
  union all
  select o.oid::bigint, 'CONSTRAINT', format('%I.%I', tn.nspname, o.conname),
    format('%I.%I', tn.nspname, t.relname)
  from pg_constraint o join pg_class t on t.oid = o.conrelid
  join pg_namespace tn on tn.oid = t.relnamespace
  where o.contype in ('p', 'u', 'x')
"""


@dataclass(frozen=True)
class Entry:
    """One line of the dump's list.

    Attributes:
        kind: INDEX or CONSTRAINT; empty for what is neither.
        name: With its schema; of a constraint with its table's.
        table: `schema.table`, each quoted where it must be.
    """

    line: str
    kind: str = ""
    name: str = ""
    table: str = ""


@dataclass(frozen=True)
class Dump:
    """What is to be built, in a file of pg_dump."""

    target: PostgresPlace
    file: Path
    entries: Sequence[Entry]

    def build(self, table: str, jobs: int) -> None:
        """Build the indexes of a table; what fails is left for the end, where it is told."""
        for kind, more in (("CONSTRAINT", ()), ("INDEX", (f"--jobs={jobs}",))):
            wanted = [e.line for e in self.entries if (e.table, e.kind) == (table, kind)]
            if wanted:
                self.restore(wanted, *more, tolerant=True)

    def lacking(self) -> list[str]:
        """Give the lines of what is not on the target yet, as far as this can be told."""
        there = {(row["kind"], row["of"], row["name"]) for row in self.target.ask(_THERE)}
        return [e.line for e in self.entries if (e.kind, e.table, e.name) not in there]

    def restore(self, lines: Sequence[str], *more: str, tolerant: bool) -> None:
        with tempfile.NamedTemporaryFile("w", dir=self.file.parent, encoding="utf-8") as out:
            out.write("\n".join(lines) + "\n")
            out.flush()
            words = ["pg_restore", _SECTION, "-L", out.name, "-d", self.target.database]
            self.target.program([*words, *more, str(self.file)], tolerant=tolerant)


@contextmanager
def dumped(source: PostgresPlace, target: PostgresPlace) -> Iterator[Dump]:
    """Write down what is to be built, as long as the block lasts."""
    with tempfile.TemporaryDirectory(prefix="sen-schema-") as folder:
        file = Path(folder) / "post-data.dump"
        source.program(["pg_dump", _SECTION, *WITHOUT, "-Fc", "-f", str(file)])
        said = source.program(["pg_restore", _SECTION, "-l", str(file)]).decode("utf-8")
        known = {(row["kind"], row["number"]): row for row in source.ask(_THERE)}
        yield Dump(target, file, [_entry(each, known) for each in said.splitlines()])


def build_indexes(source: PostgresPlace, target: PostgresPlace, jobs: int) -> None:
    """Build what is not there yet.

    Each is built whole or not at all; those that a killed run built stay, and what says so in a
    second run is no error as long as nothing is missing in the end.

    Raises:
        ProblemError: Something could not be built.
    """
    again = BEGUN in marks(target)
    with dumped(source, target) as dump:
        mark(target, BEGUN)
        lines = dump.lacking()
        try:
            if any(each and not each.startswith(";") for each in lines):
                more = [f"--jobs={jobs}", *(() if again else ("--exit-on-error",))]
                dump.restore(lines, *more, tolerant=again)
        except ProblemError as error:
            if "deadlock" not in str(error):
                raise
            # Foreign keys in a circle, built at the same time, wait for each other.
            dump.restore(lines, tolerant=True)
    lacking = [
        found.where
        for check in built(source, target)
        for found in check.differences
        if found.what != "extra"
    ]
    if lacking:
        raise ProblemError(
            Problem("database-not-built", str(target), {"names": "; ".join(lacking)})
        )
    mark(target, "indexes")


def _entry(line: str, known: dict[tuple[str, int], dict[str, str]]) -> Entry:
    found = _ENTRY.match(line)
    row = known.get((found[3], int(found[2]))) if found else None
    return Entry(line, row["kind"], row["name"], row["of"]) if row else Entry(line)

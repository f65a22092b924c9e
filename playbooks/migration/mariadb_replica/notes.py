"""What a first copy remembers of itself on its target: at which position which tables are whole."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field

from playbooks.migration.mariadb_replica.marks import Marks
from playbooks.migration.mariadb_replica.shapes import Shapes
from playbooks.migration.mariadb_replica.stream import Name

_COPY, _TABLE = "copy", "table "


@dataclass(frozen=True)
class Noted:
    """A copy that was begun.

    Attributes:
        position: Where in the source's log the whole tables are.
        shapes: How the source's tables were made before their shapes were copied.
        tables: Those that are whole.
        replaying: Whether they are on their way to another position, which the target's
            `gtid_slave_pos` tells.
        done: Whether all rows are there.
    """

    position: str
    shapes: Shapes
    tables: frozenset[Name] = frozenset()
    replaying: bool = False
    done: bool = False


@dataclass
class Notes:
    """The words of one run; what another one wrote of tables counts no more once this one began."""

    marks: Marks
    _run: str = field(default_factory=lambda: secrets.token_hex(4))
    _count: int = 0

    def read(self) -> Noted | None:
        """Give what earlier runs brought; None where no copy was begun, or not so far."""
        words = self.marks.read()
        if _COPY not in words:
            return None
        said = json.loads(words[_COPY])
        since = (
            json.loads(words[each]) for each in words if each.startswith(f"{_TABLE}{said['run']} ")
        )
        tables = {(database, table): digest for database, table, digest in said["shapes"]}
        return Noted(
            said["position"],
            Shapes(tables, said["rest"]),
            frozenset((database, table) for database, table in [*said["tables"], *since]),
            said["replaying"],
            said["done"],
        )

    def write(self, noted: Noted) -> None:
        """Remember all at once."""
        said = {
            "run": self._run,
            "position": noted.position,
            "shapes": [[*name, digest] for name, digest in noted.shapes.tables.items()],
            "rest": noted.shapes.rest,
            "tables": sorted(noted.tables),
            "replaying": noted.replaying,
            "done": noted.done,
        }
        self.marks.write(_COPY, json.dumps(said))

    def whole(self, table: Name) -> bytes:
        """Give the statements by which whoever loads rows says that a table is whole.

        A log has them no more than the others' words, and they are in no transaction.
        """
        self._count += 1
        word = self.marks.statement(f"{_TABLE}{self._run} {self._count}", json.dumps(table))
        lines = ("COMMIT", "SET SESSION sql_log_bin = 0", word, "COMMIT")
        return "".join(f"{e};\n" for e in (*lines, "SET SESSION sql_log_bin = 1")).encode("ascii")

    def forget(self) -> None:
        self.marks.forget(_COPY)
        self.marks.forget_all(_TABLE)

"""What a move remembers on its target, beside the database that moves."""

from __future__ import annotations

from dataclasses import dataclass

from playbooks.migration.mariadb.place import MariadbPlace, literal
from playbooks.migration.mariadb.place import name as quoted
from stacks.problem import ProblemError

DATABASE = "sen_migration"
_TABLE = f"{DATABASE}.mark"
# No such database, no such table.
_NOT_THERE = frozenset({1049, 1146})


@dataclass(frozen=True)
class Marks:
    """Words by name; they stay on the target, and in no log of it.

    Attributes:
        move: Whose words these are: a server may be the target of several moves.
    """

    target: MariadbPlace
    move: str

    def read(self) -> dict[str, str]:
        try:
            rows = self._server.ask(f"select step, said from {_TABLE} where name = %s", self.move)  # noqa: S608
        except ProblemError as error:
            if error.problems[0].values.get("code") not in _NOT_THERE:
                raise
            return {}
        return dict(rows)

    def write(self, step: str, said: str = "") -> None:
        """Remember a word."""
        self._server.tell(
            f"create database if not exists {quoted(DATABASE)}",
            f"create table if not exists {_TABLE} (name varchar(64) not null,"
            " step varchar(64) not null, said longtext not null, primary key (name, step))"
            " engine=InnoDB default charset=utf8mb4",
            self.statement(step, said),
            unlogged=True,
        )

    def statement(self, step: str, said: str = "") -> str:
        """Give what remembers a word once others are remembered."""
        values = ", ".join(map(literal, (self.move, step, said)))
        return f"replace into {_TABLE} values ({values})"  # noqa: S608

    def forget(self, step: str) -> None:
        if step in self.read():
            where = f"name = {literal(self.move)} and step = {literal(step)}"
            self._server.tell(f"delete from {_TABLE} where {where}", unlogged=True)  # noqa: S608

    def forget_all(self, start: str) -> None:
        """Forget the words whose names start so."""
        where = f"name = {literal(self.move)} and locate({literal(start)}, step) = 1"
        self._server.tell(f"delete from {_TABLE} where {where}", unlogged=True)  # noqa: S608

    def end(self) -> None:
        """Forget all; the place goes with the last move that has words there."""
        if not self.read():
            return
        words = f"delete from {_TABLE} where name = {literal(self.move)}"  # noqa: S608
        self._server.tell(words, unlogged=True)
        if not self._server.value(f"select count(*) from {_TABLE}"):  # noqa: S608
            self._server.tell(f"drop database {quoted(DATABASE)}", unlogged=True)

    @property
    def _server(self) -> MariadbPlace:
        return self.target.with_database("")

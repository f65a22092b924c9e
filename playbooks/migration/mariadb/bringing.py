"""Brings all tables of a MariaDB database, and, given again, those that it got meanwhile."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass

from playbooks.migration.mariadb import growing, indexes, labels, log, memory, planning, schema
from playbooks.migration.mariadb.changed import copied, placed
from playbooks.migration.mariadb.count import Count, in_rows
from playbooks.migration.mariadb.fill import Filling
from playbooks.migration.mariadb.place import MariadbPlace
from playbooks.migration.mariadb.seen import look_at
from playbooks.migration.mariadb.shape import Options, Plan
from playbooks.migration.postgres.place import PostgresPlace
from playbooks.migration.steps import Pulse, Step
from stacks.problem import ProblemError

Facts = Mapping[str, object]


@dataclass(frozen=True)
class Bringing:
    """Both ends; every step is done again as long as the source has what the target lacks."""

    source: MariadbPlace
    target: PostgresPlace
    options: Options

    def before_rows_change(self) -> list[Step]:
        """Give the steps up to rows with their keys."""
        return [
            Step("look at text", self._look, stands=self.placed),
            Step("tables", self._tables, stands=self.placed),
            Step("rows", self._rows, stands=self._copied),
            Step("keys", self._keys, stands=self._keyed),
        ]

    def over_rows(self) -> Step:
        """Give the step that builds what is built over rows."""
        return Step("indexes", self._indexes, stands=self._indexed)

    def plans(self) -> list[Plan]:
        """Give how each table is moved."""
        return planning.plans(self.source, memory.readings(self.target), self.options)

    def fillings(self, plans: list[Plan]) -> list[Filling]:
        readings = memory.readings(self.target)
        return [
            Filling(
                self.source,
                self.target,
                each,
                readings.get(each.table.name, {}),
                self.options.rows_a_chunk,
            )
            for each in plans
        ]

    def placed(self) -> bool:
        """Say whether every column of the source has its place on the target."""
        return placed(self.source, self.target, self.options)

    def _there(self) -> list[Plan]:
        """Give the tables that have a place; one made since is for the next time."""
        plans = self.plans()
        there = schema.there(self.target, self.options.schema)
        return [each for each in plans if each.name in there]

    def _copied(self) -> bool:
        return copied(self.source, self.target)

    def _keyed(self) -> bool:
        plans = self._there()
        there = schema.built(self.target, plans)
        return all(schema.keyed(there, each) for each in plans)

    def _indexed(self) -> bool:
        plans = self._there()
        there = schema.built(self.target, plans)
        made = indexes.whole(there, plans) and schema.refer(there, plans)
        return made and labels.restricted(there, plans)

    def _look(self, _pulse: Pulse) -> Facts:
        return {"columns": self._found_out()}

    def _found_out(self) -> dict[str, int]:
        """Look at the text of tables, and of new columns of tables, that were not looked at."""
        found = planning.find_out(self.source, self.target)
        growing.look(self.source, self.target, self.options.schema, self.plans())
        return found

    def _tables(self, _pulse: Pulse) -> Facts:
        """Make the tables; of one that was made since the text was looked at, that comes first."""
        self._found_out()
        plans = self.plans()
        grown = growing.grow(self.target, self.options.schema, plans)
        return {"tables": schema.create(self.target, plans), "grown": grown}

    def _rows(self, pulse: Pulse) -> Facts:
        plans = self._there()
        if not any(memory.known(self.target, each.table.name) for each in plans):
            memory.keep_position(self.target, log.position(self.source, plans))
        slowed = in_rows(pulse, [each.table for each in plans])
        count = Count(slowed, sum(each.table.rows for each in plans))
        for each in self.fillings(plans):
            each.copy(count.add)
        return {"rows": count.done, "aside": len(memory.aside(self.target))}

    def _keys(self, _pulse: Pulse) -> Facts:
        """Build the primary keys; rows that moved while they were read are read again first."""
        for each in self.fillings(self._there()):
            try:
                schema.build_keys(self.target, each.plan)
            except ProblemError:
                each.follow(None, lambda _: None)
                schema.build_keys(self.target, each.plan)
        return {}

    def _indexes(self, pulse: Pulse) -> Facts:
        """Build what is built over rows, and hash them meanwhile."""
        plans = self._there()
        readings = memory.readings(self.target)
        for plan in plans:
            labels.restrict_labels(self.target, plan, readings.get(plan.table.name, {}))
        hashing = [functools.partial(look_at, self.target, plan) for plan in plans]
        refused = indexes.build(self.target, plans, pulse.beat, hashing)
        for plan in plans:
            schema.analyze(self.target, plan)
        made = schema.build_foreign(self.target, plans)
        return {"refused": refused, "foreign_keys": made}

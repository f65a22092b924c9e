"""Logical replication one way: publication here, subscription there, and how far it is."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from playbooks.migration.postgres.inspect import without_identity
from playbooks.migration.postgres.patience import Patience
from playbooks.migration.postgres.place import PostgresPlace, identifier, literal
from playbooks.migration.steps import Pulse

PAUSE = 0.1
_LAG = """
  select pg_wal_lsn_diff(pg_current_wal_lsn(), confirmed_flush_lsn)::bigint
  from pg_replication_slots where slot_name = $1
"""
_OFFERED = """
  select format('%I.%I', schemaname, tablename) from pg_publication_tables where pubname = $1
"""
_BEHIND = (
    "select confirmed_flush_lsn < $2::text::pg_lsn from pg_replication_slots where slot_name = $1"
)
_COPIED = """
  select count(*) filter (where r.srsubstate in ('r', 's')), count(*),
    coalesce(sum(pg_table_size(r.srrelid)), 0)::bigint
  from pg_subscription_rel r join pg_subscription s on s.oid = r.srsubid where s.subname = $1
"""
_ERRORS = """
  select sync_error_count + case when $2 then apply_error_count else 0 end
  from pg_stat_subscription_stats where subname = $1
"""
_STOPPED = """
  select not subenabled from pg_subscription where subname = $1 and subslotname is not null
"""
_ROWS = """
  select coalesce(sum(pg_table_size(c.oid)), 0)::bigint from pg_class c
  where c.relkind = 'r' and c.relpersistence = 'p'
    and c.relnamespace not in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
"""


@dataclass(frozen=True)
class Replication:
    """What flows from one database to another under a name of its own.

    Attributes:
        name: Of publication, subscription and slot: `sen_portal_forward`.
    """

    name: str
    source: PostgresPlace
    target: PostgresPlace
    pause: Callable[[float], None] = time.sleep

    def publish(self) -> list[str]:
        """Offer all tables; those without a key send whole rows. Gives the names of these."""
        if self.published():
            return self._whole()
        tables = without_identity(self.source)
        name = identifier(self.name)
        self.source.tell(
            *(f"alter table {table} replica identity full" for table in tables),
            f"create publication {name} for all tables with (publish_via_partition_root = false)",
            f"comment on publication {name} is {literal(json.dumps(tables))}",
        )
        return tables

    def published(self) -> bool:
        return self._offered(self.name)

    def _offered(self, publication: str) -> bool:
        there = "select count(*) from pg_publication where pubname = $1"
        return bool(self.source.value(there, publication))

    def subscribe(self, *, copy: bool) -> None:
        """Let the target take the rows that are there, if asked for, and every change from now."""
        if self.subscribed():
            return
        self.drop_slot()
        # Made apart: where both databases are on one server, making both at once waits for ever.
        self.source.value(
            "select pg_create_logical_replication_slot($1, 'pgoutput')::text", self.name
        )
        more = f", disable_on_error = {str(not copy).lower()}"
        self.target.tell(self._created(self.name, copy=copy, more=more), unlogged=True)

    def follow(self, tables: Sequence[str]) -> None:
        """Let the target take every change since the slot began; of other tables all rows too.

        Args:
            tables: Those whose rows are there as the slot's snapshot shows them.

        It goes on where a run was killed: what it offers for the beginning is there until the end.
        """
        if not self.subscribed():
            offered = {row[0] for row in self.source.ask(_OFFERED, self.name)}
            if offered <= set(tables):
                self.target.tell(self._created(self.name, copy=False), unlogged=True)
                return
            self._follow_some(tables)
        if self._offered(self._some):
            self.target.tell(f"alter subscription {identifier(self.name)} refresh publication")
            self.source.tell(f"drop publication {identifier(self._some)}")

    def _follow_some(self, tables: Sequence[str]) -> None:
        """List these tables only, to take them as they are; then learn of all."""
        some, name = identifier(self._some), identifier(self.name)
        self.source.tell(
            f"drop publication if exists {some}",
            f"create publication {some} for table only {', only '.join(tables)}",
        )
        self.target.tell(
            f"{self._created(self._some, copy=False, more=', enabled = false')};"
            f" alter subscription {name} set publication {name} with (refresh = false);"
            f" alter subscription {name} enable",
            unlogged=True,
        )

    def _created(self, publication: str, *, copy: bool, more: str = "") -> str:
        """Write the statement; it bears the password."""
        options = f"create_slot = false, slot_name = {identifier(self.name)}"
        return (
            f"create subscription {identifier(self.name)} connection"
            f"{literal(self.source.conninfo())} publication {identifier(publication)}"
            f" with ({options}, copy_data = {str(copy).lower()}{more})"
        )

    @property
    def _some(self) -> str:
        return f"{self.name}_some"

    def drop_slot(self) -> None:
        """Drop what a killed run left; who reads from it is sent away first."""
        patience = Patience()
        there = "select active_pid from pg_replication_slots where slot_name = $1"
        while rows := self.source.ask(there, self.name):
            if rows[0][0]:
                self.source.ask("select pg_terminate_backend($1)", rows[0][0])
            else:
                self.source.ask(
                    "select pg_drop_replication_slot(slot_name) from pg_replication_slots"
                    " where slot_name = $1 and not active",
                    self.name,
                )
            patience.heed(self, None)
            self.pause(PAUSE)

    def subscribed(self) -> bool:
        return bool(
            self.target.value("select count(*) from pg_subscription where subname = $1", self.name)
        )

    def wait_for_rows(self, pulse: Pulse) -> int:
        """Wait until every table has its rows; give the bytes of the source's tables."""
        total = int(self.source.value(_ROWS))
        done, tables, size = self.target.ask(_COPIED, self.name)[0]
        patience = Patience()
        while done < tables:
            pulse.beat(min(size, total), total)
            self.lag()  # a source that is away is told at once, for the target only waits for it
            # A change to a row of a table that is there waits for the table's key, built later.
            patience.heed(self, (done, size), applied=False)
            self.pause(PAUSE)
            done, tables, size = self.target.ask(_COPIED, self.name)[0]
        pulse.beat(total, total)
        return total

    def lag(self) -> int | None:
        """Give the bytes of log that the target has not confirmed; None where nothing flows."""
        found = self.source.value(_LAG, self.name)
        return None if found is None else int(found)

    def catch_up(self, most: int, pulse: Pulse) -> int:
        """Wait until the target is no more than `most` bytes behind; give how far it is.

        It must also have what was written before: a flow that fails is not far behind at first.
        """
        self.resume()
        start = str(self.source.value("select pg_current_wal_lsn()::text"))
        first, patience = None, Patience()
        while (lag := self.lag()) is None or lag > most or self._before(start):
            patience.heed(self, lag)
            if lag is not None:
                first = max(first or 0, lag)
                pulse.beat(first - lag, first)
            self.pause(PAUSE)
        return lag

    def drain(self) -> str:
        """Wait until all that was written on the source is on the target; nobody may write there.

        Gives the place in the source's log.
        """
        self.resume()
        end = str(self.source.value("select pg_current_wal_lsn()::text"))
        patience = Patience()
        while self._before(end):
            patience.heed(self, self.lag())
            self.pause(PAUSE)
        return end

    def drained(self) -> bool:
        """Say whether the target has confirmed all that is written on the source now."""
        return not self._before(str(self.source.value("select pg_current_wal_lsn()::text")))

    def _before(self, place: str) -> bool:
        """Say whether the target has not confirmed all up to a place in the source's log."""
        return self.source.value(_BEHIND, self.name, place) is not False

    def resume(self) -> bool:
        """Let a flow that an error or a killed run stopped go on; False where none can be."""
        stopped = self.stopped()
        if stopped:
            self.target.tell(f"alter subscription {identifier(self.name)} enable")
        return stopped is not None

    def stopped(self) -> bool | None:
        """Say whether an error stopped the flow; None where there is none."""
        found = self.target.value(_STOPPED, self.name)
        return None if found is None else bool(found)

    def errors(self, *, applied: bool = True) -> int:
        """Count what the target refused: copies of tables, and changes if `applied`."""
        return int(self.target.value(_ERRORS, self.name, applied) or 0)

    def unsubscribe(self) -> None:
        """End the flow; the slot on the source goes too, so that no log piles up there."""
        if self.subscribed():
            name = identifier(self.name)
            self.target.tell(
                f"alter subscription {name} disable",
                f"alter subscription {name} set (slot_name = none)",
                f"drop subscription {name}",
            )
        self.drop_slot()

    def unpublish(self) -> None:
        """Withdraw the offer; tables name their rows as they did before, on the target too.

        The target's were made like the source's, when these already sent whole rows.
        """
        if not self.published():
            return
        usual = [f"alter table if exists {each} replica identity default" for each in self._whole()]
        self.target.tell(*usual)
        self.source.tell(
            *usual,
            f"drop publication {identifier(self.name)}",
            f"drop publication if exists {identifier(self._some)}",
        )

    def _whole(self) -> list[str]:
        said = self.source.value(
            "select obj_description(oid, 'pg_publication') from pg_publication where pubname = $1",
            self.name,
        )
        return list(json.loads(said or "[]"))

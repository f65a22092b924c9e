"""Databases of MariaDB in an order: to PostgreSQL, or to MariaDB, by the kind of their target."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal, Self, TypeAlias

from pydantic import Discriminator, Field, Tag, model_validator
from pydantic_core import PydanticCustomError

from playbooks.migration.cutover.gates import lag_small
from playbooks.migration.mariadb.move import MariadbToPostgres
from playbooks.migration.mariadb.place import MariadbPlace
from playbooks.migration.mariadb.shape import Options
from playbooks.migration.mariadb_replica.move import SECONDS, TRANSACTIONS, MariadbMove
from playbooks.migration.order.ends import MariadbEnd, PostgresEnd, Word
from playbooks.migration.postgres.place import PostgresPlace
from playbooks.migration.steps import Gate
from stacks.models.base import Model

# What is assessed and planned, and not moved: by the words that an order may name it with.
PLAN_ONLY = {
    "oracle": "Oracle",
    "mssql": "SQL Server",
    "sqlserver": "SQL Server",
    "sql_server": "SQL Server",
}


class PostgresTarget(PostgresEnd):
    """A PostgreSQL database; the kind of target where none is said."""

    kind: Literal["postgres"] = "postgres"


class MariadbTarget(MariadbEnd):
    """A MariaDB database of the same name, on another server."""

    kind: Literal["mariadb"]


def _kind(given: object) -> str:
    if isinstance(given, Mapping):
        return str(given.get("kind", "postgres"))
    return str(getattr(given, "kind", "postgres"))


Target: TypeAlias = Annotated[
    Annotated[PostgresTarget, Tag("postgres")] | Annotated[MariadbTarget, Tag("mariadb")],
    Discriminator(
        _kind,
        custom_error_type="target-kind",
        custom_error_message="kind is postgres or mariadb",
    ),
]


class MariadbOrder(Model):
    """A MariaDB database: to PostgreSQL with old text decoded, or to MariaDB byte for byte."""

    name: Word
    source: MariadbEnd
    target: Target
    room: int | None = Field(default=None, ge=0)
    zone: str | None = Field(default=None, description="Where the clock of `datetime` stood.")
    lock: bool = Field(
        default=False, description="Nobody writes during the first copy, as MyISAM demands."
    )
    most_lag: int = Field(default=SECONDS, ge=0, description="Seconds behind before the switch.")
    queries: dict[str, str] = Field(default_factory=dict, description="Asked of both ends.")

    @model_validator(mode="before")
    @classmethod
    def _plan_only(cls, given: object) -> object:
        refuse_plan_only(given)
        return given

    @model_validator(mode="after")
    def _fitting(self) -> Self:
        own = (
            {"zone"} if isinstance(self.target, MariadbTarget) else {"lock", "most_lag", "queries"}
        )
        plain = {
            each: type(self).model_fields[each].get_default(call_default_factory=True)
            for each in own
        }
        if odd := sorted(each for each in own if getattr(self, each) != plain[each]):
            raise ValueError(f"{', '.join(odd)}: not for a target of kind {self.target.kind}")
        return self


def refuse_plan_only(given: object) -> None:
    """Refuse what an order may not name, wherever it names it.

    Raises:
        PydanticCustomError: A key or a kind is a database that is only planned.
    """
    if not isinstance(given, Mapping):
        return
    ends = (given.get("source"), given.get("target"))
    kinds = [str(each.get("kind", "")) for each in ends if isinstance(each, Mapping)]
    for word in (*map(str, given), *kinds):
        if engine := PLAN_ONLY.get(word.lower()):
            raise PydanticCustomError(
                "order-plan-only", "{engine} is only planned", {"engine": engine}
            )


def refuse_shared_servers(orders: Sequence[MariadbOrder]) -> None:
    """Refuse two databases that would follow on one server: it has one position for all it follows.

    Raises:
        PydanticCustomError: Two have an end on the same server.
    """
    taken: dict[tuple[str, int], MariadbOrder] = {}
    for order in orders:
        if not isinstance(order.target, MariadbTarget):
            continue
        for end in (order.source, order.target):
            other = taken.setdefault((end.host.lower(), end.port), order)
            if other is not order:
                names = {"first": other.name, "second": order.name}
                given = {"server": f"{end.host}:{end.port}", **names}
                raise PydanticCustomError("order-one-server", "{server} is shared", given)


def mariadb_part(order: MariadbOrder) -> MariadbToPostgres | MariadbMove:
    """Give the move that the kind of its target demands."""
    source = MariadbPlace(**order.source.model_dump())
    given = order.target.model_dump(exclude={"kind"})
    if isinstance(order.target, MariadbTarget):
        return MariadbMove(
            order.name,
            source,
            MariadbPlace(**given),
            room=order.room,
            most_lag=order.most_lag,
            lock=order.lock,
            queries=order.queries,
        )
    options = Options(zone=order.zone)
    return MariadbToPostgres(
        order.name, source, PostgresPlace(**given), options=options, room=order.room
    )


def mariadb_gates(order: MariadbOrder) -> list[Gate]:
    """Give the gates of a database that follows: seconds, and transactions by its positions."""
    part = mariadb_part(order)
    if not isinstance(part, MariadbMove):
        return []
    return [
        lag_small(order.name, part.lag, order.most_lag),
        lag_small(f"{order.name}, transactions", part.transactions, TRANSACTIONS),
    ]

"""Databases of MariaDB in an order: to PostgreSQL, or to MariaDB, by the kind of their target."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Annotated, Literal, Self, TypeAlias

from pydantic import Discriminator, Field, Tag, field_validator, model_validator
from pydantic_core import PydanticCustomError

from playbooks.migration.cutover.gates import lag_small
from playbooks.migration.mariadb.move import MariadbToPostgres
from playbooks.migration.mariadb.place import MariadbPlace
from playbooks.migration.mariadb.shape import Options
from playbooks.migration.mariadb_replica.move import SECONDS, TRANSACTIONS, MariadbMove
from playbooks.migration.order.ends import FolderEnd, MariadbEnd, PostgresEnd, Word
from playbooks.migration.order.place import disk_of
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


# What every server has for itself, and what a move remembers there.
OWN = frozenset({"mysql", "sys", "information_schema", "performance_schema", "sen_migration"})


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
    """A MariaDB database: to PostgreSQL with old text decoded, or to MariaDB byte for byte.

    Several of one server that go to one MariaDB server are named by `databases`, and by no end.
    """

    name: Word
    source: MariadbEnd
    target: Target
    databases: tuple[str, ...] = Field(
        default=(),
        description="Of one server, that move together: one flow, one switch, one way back.",
        exclude_if=lambda given: not given,
    )
    room: int | None = Field(default=None, ge=0)
    disk: FolderEnd | None = Field(
        default=None,
        description="Folder of the target server's data, asked by ssh what is free.",
        exclude_if=lambda given: given is None,
    )
    zone: str | None = Field(default=None, description="Where the clock of `datetime` stood.")
    accept: tuple[Literal["text", "duplicate"], ...] = Field(
        default=(),
        description="Kinds of rows in doubt that a person has looked at: they stop no switch.",
        exclude_if=lambda given: not given,
    )
    lock: bool = Field(
        default=False, description="Nobody writes during the first copy, as MyISAM demands."
    )
    most_lag: int = Field(default=SECONDS, ge=0, description="Seconds behind before the switch.")
    queries: dict[str, str] = Field(default_factory=dict, description="Asked of both ends.")

    @model_validator(mode="before")
    @classmethod
    def _plan_only(cls, given: object) -> object:
        refuse_plan_only(given)
        return _together(given)

    @field_validator("databases")
    @classmethod
    def _names(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        refuse_odd_names(given)
        return given

    @model_validator(mode="after")
    def _fitting(self) -> Self:
        own = (
            {"zone", "accept"}
            if isinstance(self.target, MariadbTarget)
            else {"lock", "most_lag", "databases"}
        )
        plain = {
            each: type(self).model_fields[each].get_default(call_default_factory=True)
            for each in own
        }
        if odd := sorted(each for each in own if getattr(self, each) != plain[each]):
            raise ValueError(f"{', '.join(odd)}: not for a target of kind {self.target.kind}")
        if not self.databases and not (self.source.database and self.target.database):
            raise ValueError("name a `database` on both ends, or several under `databases`")
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


def _together(given: object) -> object:
    """Let the ends name no database where `databases` does.

    Raises:
        PydanticCustomError: Both do.
    """
    if not isinstance(given, Mapping) or not given.get("databases"):
        return given
    ends = {key: given[key] for key in ("source", "target") if isinstance(given.get(key), Mapping)}
    for key, end in ends.items():
        if end.get("database"):
            said = {"end": key, "name": str(end["database"])}
            raise PydanticCustomError("order-databases-twice", "{end} names {name} too", said)
    return {**given, **{key: {**end, "database": ""} for key, end in ends.items()}}


def refuse_odd_names(names: Sequence[str]) -> None:
    """Refuse names of databases that cannot move together.

    Raises:
        PydanticCustomError: One is there twice, is like another but for its case, is the server's
            own, or cannot stand in a list that the server reads.
    """
    for name in names:
        if name.lower() in OWN or not name or name != name.strip() or "," in name:
            raise PydanticCustomError("order-database-name", "{name} cannot move", {"name": name})
    for name, count in Counter(names).items():
        if count > 1:
            raise PydanticCustomError("order-database-again", "{name} is again", {"name": name})
    seen: dict[str, str] = {}
    for name in names:
        other = seen.setdefault(name.casefold(), name)
        if other != name:
            said = {"first": other, "second": name}
            raise PydanticCustomError("order-database-case", "{second} is like {first}", said)


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
            other = taken.setdefault(_server(end), order)
            if other is not order:
                names = {"first": other.name, "second": order.name}
                given = {"server": f"{end.host}:{end.port}", **names}
                alike = (_server(other.source), _server(other.target))
                same = alike == (_server(order.source), _server(order.target))
                key = "order-one-flow" if same else "order-one-server"
                raise PydanticCustomError(key, "{server} is shared", given)


def _server(end: MariadbEnd | PostgresEnd) -> tuple[str, int]:
    return end.host.lower(), end.port


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
            databases=order.databases,
            disk=disk_of(order.disk),
        )
    options = Options(zone=order.zone, accepted=frozenset(order.accept))
    return MariadbToPostgres(
        order.name,
        source,
        PostgresPlace(**given),
        options=options,
        room=order.room,
        queries=order.queries,
        disk=disk_of(order.disk),
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

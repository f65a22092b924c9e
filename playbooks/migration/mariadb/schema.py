"""Tables on the target; keys and what else is built over rows that have arrived."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence

from playbooks.migration.mariadb import defaults
from playbooks.migration.mariadb.catalogue import Foreign
from playbooks.migration.mariadb.shape import Field, Plan
from playbooks.migration.postgres.place import PostgresPlace, identifier, literal

_LONGEST = 63
Built = Mapping[str, Collection[str]]
_BUILT = """
  select t.relname::text, k.conname::text from pg_constraint k
  join pg_class t on t.oid = k.conrelid join pg_namespace n on n.oid = t.relnamespace
  where n.nspname = any($1)
  union select t.relname::text, i.relname::text from pg_index x
  join pg_class t on t.oid = x.indrelid join pg_class i on i.oid = x.indexrelid
  join pg_namespace n on n.oid = t.relnamespace where n.nspname = any($1)
"""
_COLUMNS = """
  select t.relname::text, a.attname::text from pg_attribute a
  join pg_class t on t.oid = a.attrelid join pg_namespace n on n.oid = t.relnamespace
  where n.nspname = any($1) and t.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped
"""
_RULES = {"RESTRICT": "no action", "NO ACTION": "no action", "CASCADE": "cascade"}


def create(target: PostgresPlace, plans: Sequence[Plan]) -> int:
    """Make the tables, without anything that loading would have to keep up; give their number."""
    target.tell(
        *{f"create schema if not exists {identifier(plan.schema)}" for plan in plans},
        *(f"create table if not exists {p.where} ({', '.join(_columns(p))})" for p in plans),
    )
    return len(plans)


def there(target: PostgresPlace, name: str) -> set[str]:
    """Name the tables of a schema."""
    asked = "select tablename::text from pg_tables where schemaname = $1"
    return {row[0] for row in target.ask(asked, name)}


def columns(target: PostgresPlace, name: str) -> dict[str, set[str]]:
    """Give the columns of a schema's tables, asked once for all."""
    return _by_table(target, _COLUMNS, [name])


def keyed(there: Built, plan: Plan) -> bool:
    """Say whether a table has its primary key, or has none on the source either."""
    return not plan.table.key or built_name(plan, "pkey") in there[plan.name]


def refer(there: Built, plans: Sequence[Plan]) -> bool:
    """Say whether the foreign keys are there."""
    return all(
        built_name(plan, f"{foreign.name}_fk") in there[plan.name]
        for plan, foreign in _foreign(plans)
    )


def build_keys(target: PostgresPlace, plan: Plan) -> None:
    """Build the primary key, before anything is followed by it.

    Raises:
        ProblemError: Two rows have the same key.
    """
    if keyed(built(target, [plan]), plan):
        return
    columns = ", ".join(identifier(each.name) for each in plan.key)
    target.tell(
        f"alter table {plan.where} add constraint {identifier(built_name(plan, 'pkey'))}"
        f" primary key ({columns})"
    )


def analyze(target: PostgresPlace, plan: Plan) -> None:
    """Let the planner know what the rows are like."""
    target.tell(f"analyze {plan.where}")


def build_foreign(target: PostgresPlace, plans: Sequence[Plan]) -> int:
    """Make the foreign keys; existing rows are looked at by `validate`, when nobody writes."""
    made, there = 0, built(target, plans)
    for plan, foreign in _foreign(plans):
        if built_name(plan, f"{foreign.name}_fk") not in there[plan.name]:
            target.tell(_reference(plan, foreign, plans))
            made += 1
    return made


def validate(target: PostgresPlace, plans: Sequence[Plan]) -> int:
    """Look at the rows of all foreign keys, and forbid NULL again where no row has any.

    Raises:
        ProblemError: A row points nowhere.
    """
    checked = [
        f"alter table {plan.where} validate constraint"
        f" {identifier(built_name(plan, foreign.name + '_fk'))}"
        for plan, foreign in _foreign(plans)
    ]
    target.tell(*checked)
    for plan in plans:
        days = [each for each in plan.fields if not each.column.nullable and is_day(each)]
        if not days:
            continue
        asked = ", ".join(f"bool_or({identifier(each.name)} is null)" for each in days)
        (row,) = target.ask(f"select {asked} from {plan.where}")  # noqa: S608
        target.tell(
            *(
                f"alter table {plan.where} alter {identifier(each.name)} set not null"
                for each, empty in zip(days, row, strict=True)
                if not empty
            )
        )
    return len(checked)


def loosen(target: PostgresPlace, plans: Sequence[Plan]) -> None:
    """Let days be NULL again while rows are brought: a zero date may come."""
    target.tell(
        *(
            f"alter table {plan.where} alter {identifier(field.name)} drop not null"
            for plan in plans
            for field in plan.fields
            if is_day(field) and field.column.name not in plan.table.key
        )
    )


def advance_sequences(
    target: PostgresPlace, plans: Sequence[Plan], ahead: Mapping[str, int]
) -> int:
    """Set every counter to where the source's stands, or beyond the greatest value; give how many.

    Args:
        target: Where the tables are.
        plans: The tables.
        ahead: The next number of each table of the source.
    """
    count = 0
    for plan in plans:
        for field in plan.fields:
            if not field.column.counts:
                continue
            column = identifier(field.name)
            most = target.value(f"select max({column}) from {plan.where}") or 0  # noqa: S608
            following = max(int(most) + 1, ahead.get(plan.table.name, 1), 1)
            table = literal(plan.where)
            target.value(
                f"select setval(pg_get_serial_sequence({table}, {literal(field.name)}),"
                f" {following}, false)"
            )
            count += 1
    return count


def is_day(field: Field) -> bool:
    return field.way in {"day", "moment", "zoned"}


def _columns(plan: Plan) -> Iterator[str]:
    for field in plan.fields:
        yield from column(field)


def column(field: Field) -> Iterator[str]:
    """Give the columns of a field as they are declared."""
    words = [identifier(field.name), field.type]
    if field.column.counts:
        words.append("generated by default as identity")
    elif default := defaults.of(field):
        words.append(f"default {default}")
    if not field.column.nullable and not is_day(field):
        words.append("not null")
    yield " ".join(words)
    if field.raw:
        yield f"{identifier(field.raw)} bytea"


def _foreign(plans: Sequence[Plan]) -> Iterator[tuple[Plan, Foreign]]:
    for plan in plans:
        for foreign in plan.table.foreign:
            yield plan, foreign


def _reference(plan: Plan, foreign: Foreign, plans: Sequence[Plan]) -> str:
    parent = next(each for each in plans if each.table.name == foreign.parent)
    own = ", ".join(identifier(plan.of(each).name) for each in foreign.columns)
    theirs = ", ".join(identifier(parent.of(each).name) for each in foreign.parent_columns)
    name = identifier(built_name(plan, f"{foreign.name}_fk"))
    return (
        f"alter table {plan.where} add constraint {name}"
        f" foreign key ({own}) references {parent.where} ({theirs})"
        f" on update {_rule(foreign.on_update)} on delete {_rule(foreign.on_delete)}"
        " deferrable not valid"
    )


def _rule(word: str) -> str:
    return _RULES.get(word, word.lower())


def built(target: PostgresPlace, plans: Sequence[Plan]) -> dict[str, set[str]]:
    """Give the names of indexes and constraints by table, asked once for all."""
    names = sorted({each.schema for each in plans})
    return {each.name: set() for each in plans} | _by_table(target, _BUILT, names)


def _by_table(target: PostgresPlace, words: str, schemas: Sequence[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for table, name in target.ask(words, schemas):
        found.setdefault(table, set()).add(name)
    return found


def built_name(plan: Plan, name: str) -> str:
    """Name an index: those of MariaDB are unique in a table only."""
    full = f"{plan.name}_{name}"
    if len(full.encode()) <= _LONGEST:
        return full
    mark = hashlib.sha256(full.encode()).hexdigest()[:8]
    return full.encode()[: _LONGEST - 9].decode("utf-8", "ignore") + "_" + mark

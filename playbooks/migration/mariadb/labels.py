"""Values that `enum` and `set` columns may have, in Unicode."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from playbooks.migration.mariadb.schema import Built, built, built_name
from playbooks.migration.mariadb.shape import Field, Plan
from playbooks.migration.mariadb.text import Reading
from playbooks.migration.postgres.place import PostgresPlace, identifier, literal
from playbooks.text.decode import undouble

_LABEL = re.compile(r"'((?:[^']|'')*)'")


def restrict_labels(target: PostgresPlace, plan: Plan, readings: Mapping[str, Reading]) -> None:
    """Allow in `enum` and `set` columns what the source allows, in Unicode."""
    limited = [each for each in plan.fields if each.column.kind in {"enum", "set"}]
    there = built(target, [plan])[plan.name] if limited else set()
    for field in limited:
        name = built_name(plan, f"{field.name}_labels")
        if name in there:
            continue
        labels = [_label(each, readings[field.column.name]) for each in labels_of(field)]
        target.tell(
            f"alter table {plan.where} add constraint {identifier(name)}"
            f" check ({_allowed(field, labels)}) not valid"
        )


def restricted(there: Built, plans: Sequence[Plan]) -> bool:
    """Say whether every such column allows no more than that."""
    return all(
        built_name(plan, f"{field.name}_labels") in there[plan.name]
        for plan in plans
        for field in plan.fields
        if field.column.kind in {"enum", "set"}
    )


def labels_of(field: Field) -> list[str]:
    """Give the labels of an `enum` or `set` as the source's catalogue prints them."""
    return [each.replace("''", "'") for each in _LABEL.findall(field.column.full)]


def _label(label: str, reading: Reading) -> str:
    """Read a label as the column's values are read: the catalogue shows bytes as Windows-1252."""
    if reading.as_it_stands:
        return label
    try:
        return reading.decode_one(undouble(label))
    except UnicodeEncodeError:
        return label


def _allowed(field: Field, labels: Sequence[str]) -> str:
    column = identifier(field.name)
    listed = ", ".join(map(literal, ["", *labels]))
    if field.column.kind == "enum":
        return f"{column} in ({listed})"
    return f"string_to_array({column}, ',') <@ array[{listed}]"

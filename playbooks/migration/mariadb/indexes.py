"""Indexes over rows that have arrived, several at once; rows that forbid one are named."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from playbooks.migration.mariadb import memory
from playbooks.migration.mariadb.catalogue import Index
from playbooks.migration.mariadb.memory import Aside
from playbooks.migration.mariadb.schema import Built, built, built_name
from playbooks.migration.mariadb.shape import Plan
from playbooks.migration.postgres.place import PostgresPlace, identifier
from stacks.problem import ProblemError

AT_ONCE = 2
_UNIQUE_BROKEN = "23505"
Job = Callable[[], object]


def build(
    target: PostgresPlace,
    plans: Sequence[Plan],
    beat: Callable[[int, int], None] = lambda _done, _total: None,
    meanwhile: Sequence[Job] = (),
) -> int:
    """Build the indexes that are not there yet; give how many the rows forbid.

    Args:
        target: Where the tables are.
        plans: The tables.
        beat: Is told of tables, done and all.
        meanwhile: What else is to be done on the target, which only reads.
    """
    refused, there = 0, built(target, plans)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        others = [pool.submit(each) for each in meanwhile]
        begun = [_begun(pool, target, plan, _lacking(there, plan)) for plan in plans]
        for done, (plan, jobs) in enumerate(zip(plans, begun, strict=True), 1):
            found = {name: reason for name, each in jobs.items() if (reason := each.result())}
            _remember(target, plan, found)
            refused += len(found)
            beat(done, len(plans))
        for each in others:
            each.result()
    return refused


def whole(there: Built, plans: Sequence[Plan]) -> bool:
    """Say whether every index is there that has a like; one that rows forbid is not."""
    return not any(_statement(plan, each) for plan in plans for each in _lacking(there, plan))


def _lacking(there: Built, plan: Plan) -> list[Index]:
    names = there[plan.name]
    return [each for each in plan.table.indexes if built_name(plan, each.name) not in names]


def _begun(
    pool: ThreadPoolExecutor, target: PostgresPlace, plan: Plan, lacking: Sequence[Index]
) -> dict[str, Future[str | None]]:
    return {each.name: pool.submit(_build, target, plan, each) for each in lacking}


def _build(target: PostgresPlace, plan: Plan, index: Index) -> str | None:
    """Build one; give why the rows forbid it."""
    words = _statement(plan, index)
    if words is None:
        return None
    try:
        target.tell(words)
    except ProblemError as error:
        if error.problems[0].values.get("code") != _UNIQUE_BROKEN:
            raise
        return _doubled(target, plan, index)
    return None


def _remember(target: PostgresPlace, plan: Plan, refused: dict[str, str]) -> None:
    """Name the rows that share a unique value."""
    found = [
        Aside("duplicate", about, f"{index.name}: {refused[index.name]}")
        for index in plan.table.indexes
        if index.name in refused
        for about in _doubles(target, plan, index)
    ]
    asyncio.run(memory.replace_duplicates(target, plan.table.name, found))


def _statement(plan: Plan, index: Index) -> str | None:
    """Give the statement; None for what has no like on the target (full text, space, part)."""
    if index.kind not in {"BTREE", "HASH"} or (index.part and index.unique):
        return None
    unique = "unique " if index.unique else ""
    columns = ", ".join(
        f"left({identifier(plan.of(each).name)}, 200)" if index.part and plan.of(each).way == "text"
        else identifier(plan.of(each).name)
        for each in index.columns
    )  # fmt: skip
    name = identifier(built_name(plan, index.name))
    return f"create {unique}index {name} on {plan.where} ({columns})"


def _doubled(target: PostgresPlace, plan: Plan, index: Index) -> str:
    columns = ", ".join(identifier(plan.of(each).name) for each in index.columns)
    count = target.value(
        f"select count(*) from (select 1 from {plan.where} group by {columns}"  # noqa: S608
        " having count(*) > 1) doubled"
    )
    return f"{count} values stand more than once in {columns}"


def _doubles(target: PostgresPlace, plan: Plan, index: Index) -> list[str]:
    """Name the rows that share a value which should be unique."""
    columns = ", ".join(identifier(plan.of(each).name) for each in index.columns)
    keys = ", ".join(f"t.{identifier(each.name)}" for each in plan.key) or "t.ctid"
    rows = target.ask(
        f"select concat_ws(', ', {keys}) from {plan.where} t where ({columns}) in"  # noqa: S608
        f" (select {columns} from {plan.where} group by {columns} having count(*) > 1) order by 1"
    )
    return [f"{plan.name} ({row[0]})" for row in rows]

"""A difference of one row, one right or one number is found, and named."""

from __future__ import annotations

import pytest

from playbooks.migration.postgres.place import PostgresPlace
from playbooks.migration.postgres.schema import copy_roles
from playbooks.migration.verify.postgres import verify
from tests.playbooks.migration.postgres.conftest import SHAPE


@pytest.fixture
def same(ends: tuple[PostgresPlace, PostgresPlace]) -> tuple[PostgresPlace, PostgresPlace]:
    old, new = ends
    copy_roles(old, new)
    new.tell(SHAPE, "update letter set at = '2026-01-02'")
    old.tell("update letter set at = '2026-01-02'")
    for each in ends:
        each.tell(
            "create table form (id int primary key, said json)", "insert into form values (1, '{}')"
        )
    return old, new


def found(source: PostgresPlace, target: PostgresPlace, **more) -> dict[str, list[tuple[str, str]]]:
    verdict = verify(source, target, **more)
    return {
        each.name: [(d.where, d.what) for d in each.differences]
        for each in verdict.checks
        if not each.good
    }


def test_two_that_are_the_same(same):
    verdict = verify(*same, queries={"thư": "select count(*) from letter"})

    assert found(*same) == {}
    assert verdict.good
    looked_at = {each.name: each.looked_at for each in verdict.checks}
    assert looked_at["rows of public.letter"] == 20000
    assert looked_at["rows of public.form"] == 1
    assert looked_at["large objects"] == 1
    assert min(looked_at[name] for name in ("columns", "indexes", "constraints", "rights")) > 3
    assert verdict.facts()["differences"] == 0


def test_each_kind_of_difference_is_named(same):
    old, new = same
    new.tell(
        "delete from letter where id = 77",
        "update letter set body = 'Đơn đề nghị số 78 ' where id = 78",
        "insert into citizen (id, name) values (90001, 'Thừa')",
        "delete from line where ctid = (select min(ctid) from line where at = 2)",
        "update form set said = '{\"a\": 1}'",
        "revoke update on letter from office",
        "drop index letter_words",
        "select lo_put(777, 0, 'X')",
        "select setval('citizen_id_seq', 10)",
        "alter table letter alter column amount set not null",
    )

    differences = found(old, new)

    assert ("public.letter (77)", "missing") in differences["rows of public.letter"]
    assert ("public.letter (78)", "changed") in differences["rows of public.letter"]
    assert ("public.citizen (90001)", "extra") in differences["rows of public.citizen"]
    assert [what for _, what in differences["rows of public.line"]] == ["missing"]
    assert differences["rows of public.form"] == [("public.form (1)", "changed")]
    assert differences["rights"] == [("public.letter office UPDATE", "missing")]
    assert differences["indexes"] == [("public.letter_words", "missing")]
    assert differences["large objects"] == [("777", "changed")]
    assert differences["sequences ahead"] == [("public.citizen_id_seq", "changed")]
    assert differences["columns"] == [("public.letter.amount", "changed")]


def test_a_row_that_points_nowhere_is_found(same):
    _, new = same
    new.tell("set session_replication_role = replica; delete from citizen where id = 6")

    differences = found(*same)

    words = dict(differences["foreign keys"])
    assert words == {
        "letter_citizen_fkey on letter: 4 rows": "changed",
        "spouse on citizen: 1 rows": "changed",
    }


def test_the_owners_own_question_is_asked(same):
    old, new = same
    new.tell("update citizen set note = 'khác' where id = 3")

    differences = found(old, new, queries={"ba": "select note from citizen where id = 3"})

    assert differences["sample queries"] == [("ba", "changed")]


def test_an_empty_comparison_proves_nothing(ends):
    _, new = ends

    assert not verify(new, new).good


def test_values_that_are_equal_and_not_the_same_are_found(ends):
    old, new = ends
    for place, amount, word in ((old, "1.0", "ĐƠN"), (new, "1.00", "đơn")):
        place.tell(
            "create collation aside (provider = icu, locale = 'und-u-ks-level2',"
            " deterministic = false)",
            "create table alike (id int primary key, amount numeric, word text collate aside)",
            f"insert into alike values (1, {amount}, 'a'), (2, 1, '{word}'), (3, null, null)",  # noqa: S608
        )

    assert found(old, new)["rows of public.alike"] == [
        ("public.alike (1)", "changed"),
        ("public.alike (2)", "changed"),
    ]

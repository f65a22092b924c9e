"""Made-up columns of all kinds are read right, and none that is no old text is changed."""

from __future__ import annotations

import base64

from tests.playbooks.text.accuracy import Right, accuracy, judged, right, table_of
from tests.playbooks.text.columns import columns

LEAST = 0.985  # of few columns; the page of the bench has what many show


def test_nearly_all_columns_of_a_seed_are_read_and_none_is_changed_wrongly():
    found = [*accuracy((11,), 250).values()]

    assert sum(each.false for each in found) == 0
    assert sum(each.right for each in found) >= LEAST * sum(each.seen for each in found)


def test_a_seed_makes_the_same_columns_again_and_another_one_others():
    assert columns(5, 20) == columns(5, 20) != columns(6, 20)


def test_a_wrong_text_and_a_wrong_encoding_are_seen():
    column, answer = next(
        pair for pair in judged(3, 60) if pair[0].kind == "vni-win" and pair[0].texts[0]
    )

    assert right(column, answer)
    assert not right(column, answer | {"encoding": "utf-8"})
    assert not right(column, answer | {"text_list": ["x", *answer["text_list"][1:]]})


def test_the_line_of_a_column_is_that_of_the_contract():
    (column,) = columns(1, 1)

    line = column.line(7)

    coded = line.pop("bytes_base64_list")
    assert line == {"id": 7, "declared": column.declared}
    assert [v if v is None else base64.b64decode(v) for v in coded] == column.values


def test_the_table_has_a_row_a_kind_and_the_sum():
    rows = table_of({"a": Right(4, 2, 3, 1, 0), "b": Right(6, 0, 6, 0, 1)})

    assert rows[-3:] == [
        "| a | 4 | 75.0 % | 50.0 % | 0 |",
        "| b | 6 | 100.0 % |  | 1 |",
        "| **all** | 10 | 90.0 % | 50.0 % | 1 |",
    ]

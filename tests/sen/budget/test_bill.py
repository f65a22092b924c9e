"""A bill divided in five ways, for people and for programs."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sen.budget.bill import COLUMNS, UNKNOWN, By, bill, table, total
from stacks.models.agency import agencies
from stacks.models.showback import cost, period
from tests.stacks.models.test_showback import charge, charges

BOOK = agencies()
SOME = [
    charge(tenant="a", agency="H26", system="portal", level=3),
    charge(tenant="b", agency="H26.00070", system="portal", level=2),
    charge(tenant="c", agency="G18", system="archive", level=2, ends="2026-01-31"),
]


@pytest.mark.parametrize(
    ("by", "keys"),
    [
        (By.TENANT, ["a", "b", "c"]),
        (By.SYSTEM, ["archive", "portal"]),
        (By.AGENCY, ["G18", "H26", "H26.00070"]),
        (By.LEVEL, ["2", "3"]),
        (By.GOVERNMENT, ["central", "commune", "province"]),
    ],
)
def test_the_same_money_however_it_is_divided(by, keys):
    rows = bill(SOME, by, 2026, 1, BOOK)

    assert [row["key"] for row in rows] == keys
    assert sum(row["vnd"] for row in rows) == 3 * 120 * 31
    assert sum(row["permille"] for row in rows) == 1000
    assert all(tuple(row) == COLUMNS for row in rows)


def test_agencies_bear_their_names():
    assert [row["name"] for row in bill(SOME, By.AGENCY, 2026, None, BOOK)[1:]] == [
        "Thành phố Hà Nội",
        BOOK.get("H26.00070").title,
    ]


def test_a_code_that_nobody_knows_is_still_on_the_bill():
    stranger = [charge(agency="X99")]

    assert bill(stranger, By.GOVERNMENT, 2026, 1, BOOK)[0]["key"] == UNKNOWN
    assert bill(stranger, By.AGENCY, 2026, 1, BOOK)[0]["name"] == UNKNOWN


def test_csv_has_the_same_columns_for_every_division_and_none_for_nothing():
    heads = {table(bill(SOME, by, 2026, 1, BOOK)).splitlines()[0] for by in By}

    assert heads == {"year,month,by,key,name,tenants,tenant_days,vnd,permille"}
    assert table([]).splitlines() == [",".join(COLUMNS)]


@settings(deadline=None)
@given(st.lists(charges(), max_size=10), st.sampled_from(By), st.integers(1, 12))
def test_what_a_program_reads_from_csv_adds_up_to_the_table(some, by, month):
    rows = bill(some, by, 2027, month, BOOK)
    read = list(csv.DictReader(io.StringIO(table(rows))))

    assert sum(int(row["vnd"]) for row in read) == total(rows)["vnd"]
    assert total(rows)["vnd"] == sum(cost(each, *period(2027, month)) for each in some)

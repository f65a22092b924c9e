"""`sen budget share`: what the tenants of an agency cost, against its state budget."""

from __future__ import annotations

import json

import pytest

from sen.budget.reading import Objects
from sen.cli import budget
from tests.sen.budget.objects import TODAY, tenant

YEAR = TODAY.year + 1  # a whole year of the tenant lies ahead only in part: its days are counted
HEAD = "agency,year,vnd\n"


@pytest.fixture
def share(sen, monkeypatch, tmp_path):
    """Call the command over one tenant of Ha Noi, with a file of state budgets."""
    objects = Objects(agencies=(), requests=(), tenants=(tenant("portal", price=365_000),))
    monkeypatch.setattr(budget, "_platform", str)
    monkeypatch.setattr(budget, "_read", lambda _: objects)

    def call(text, *words):
        file = tmp_path / "state.csv"
        if text is not None:
            file.write_text(text, "utf-8")
        return sen("budget", "share", "--state", file, *words)

    return call


def test_share_of_each_agency_and_what_is_missing_to_the_aim(share):
    text = f"{HEAD}H26,{YEAR},1000000000\nH29,{YEAR},50\nH26,{YEAR - 5},7\n"

    said = share(text, "--year", YEAR, "-o", "json")

    assert said.code == 0, said.err
    rows = {each["agency"]: each for each in json.loads(said.out)}
    assert set(rows) == {"H26", "H29"}
    mine = rows["H26"]
    assert 0 < mine["digital_vnd"] <= 12 * 365_000
    permyriad = mine["digital_vnd"] * 10_000 // mine["state_vnd"]
    assert mine["percent"] == f"{permyriad // 100}.{permyriad % 100:02}"
    assert rows["H29"]["digital_vnd"] == 0
    assert mine["gap_vnd"] > 0


def test_one_agency_and_another_aim_are_chosen(share):
    text = f"{HEAD}H26,{YEAR},1000000000\nH29,{YEAR},50\n"

    said = share(text, "--year", YEAR, "--agency", "H29", "--aim", 250, "-o", "json")

    (row,) = json.loads(said.out)
    assert (row["agency"], row["aim_percent"]) == ("H29", "2.50")


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (None, "state.csv"),
        ("code,vnd\n", "state.csv"),
        (f"{HEAD}H26,{YEAR},lots\n", "state.csv"),
        (f"{HEAD}H26,{YEAR},1\nH26,{YEAR},2\n", "state.csv"),
        (f"{HEAD}H99,{YEAR},1\n", "H99"),
    ],
)
def test_file_that_is_wrong_is_refused_by_name(share, text, word):
    said = share(text, "--year", YEAR)

    assert said.code == 2
    assert word in said.err

"""`sen agency` lists, shows and searches; what ended is answered by its successor."""

import json

import pytest
import yaml
from typer.testing import CliRunner

from sen.cli.agency import app
from stacks.problem import ProblemError


@pytest.fixture(autouse=True)
def wide_terminal(monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")


def run(*arguments):
    return CliRunner().invoke(app, arguments, catch_exceptions=False)


def rows(*arguments):
    return json.loads(run(*arguments, "-o", "json").stdout)


def test_a_list_is_ministries_and_provinces_unless_more_is_asked_for():
    assert len(rows("list")) == 17 + 34
    assert len(rows("list", "--all")) == 3372


def test_a_list_keeps_to_kind_and_parent():
    assert len(rows("list", "--kind", "special-zone")) == 13
    assert {row["parent"] for row in rows("list", "--parent", "Hà Nội")} == {"H26"}
    wards = rows("list", "--parent", "hue", "--kind", "ward")
    assert {(row["parent"], row["kind"]) for row in wards} == {("H57", "ward")}


def test_a_table_shows_how_far_a_code_can_be_trusted():
    result = run("list", "--kind", "city")

    assert "H57" in result.stdout
    assert "confirmed" in result.stdout
    assert "unconfirmed" in result.stdout


def test_one_agency_is_shown_by_code_or_name():
    (row,) = rows("show", "H26.00070")

    assert (row["title"], row["parent"]) == ("Phường Hoàn Kiếm", "H26")
    assert rows("show", "hoan kiem, ha noi") == [row]
    assert "Thành phố Hà Nội" in run("show", "H26.00070").stdout


def test_a_merged_province_is_answered_by_its_successor_and_the_day():
    (row,) = rows("show", "Hòa Bình")

    assert (row["code"], row["formerly"], row["since"]) == ("H44", "Tỉnh Hòa Bình", "2025-07-01")
    assert "Tỉnh Hòa Bình (H28) until 2025-06-30" in run("show", "hoa binh").stdout


def test_a_search_needs_no_diacritics():
    found = rows("search", "hoa binh")

    assert found[0]["code"] == "H44"
    assert found[0]["formerly"] == "Tỉnh Hòa Bình"
    assert "Phường Hòa Bình" in {row["title"] for row in found}
    assert len(rows("search", "tan", "--limit", "2")) == 2
    assert yaml.safe_load(run("search", "y te", "-o", "yaml").stdout)[0]["code"] == "G18"


def test_a_search_without_an_answer_says_so():
    result = run("search", "qqqqqq")

    assert result.exit_code == 1
    assert "nothing to show" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "key"),
    [
        (("show", "Ha Nio"), "agency-unknown"),
        (("show", "Tân An"), "agency-several"),
        (("list", "--parent", "Atlantis"), "agency-unknown-nothing-close"),
        (("list", "--parent", "Hòa Bình"), "agency-ended"),
    ],
)
def test_a_wrong_name_is_refused(arguments, key):
    with pytest.raises(ProblemError) as caught:
        run(*arguments)

    assert [problem.key for problem in caught.value.problems] == [key]

"""Gaps, differences and the yearly report say what changed, and for whom."""

from dataclasses import replace
from datetime import date

import pytest

from policies.catalogue import regime_on
from policies.catalogue.selection import binding
from policies.finding import Verdict
from sen.reports.difference import day_of, difference
from sen.reports.gap import gap, rejudged
from sen.reports.gather import Asked, material, realising
from sen.reports.html import html
from sen.reports.system import subject
from sen.reports.typography import Pen
from sen.reports.yearly import period, yearly, yearly_rows
from stacks.models.agency import agencies
from stacks.problem import Language, ProblemError
from tests.sen.assessment.finding_of import NOON, POD, ago, finding, run
from tests.sen.reports.conftest import REQUESTS

DAY = NOON.date()


def named(rows, what, change):
    return {row["name"] for row in rows if (row["what"], row["change"]) == (what, change)}


def test_a_gap_names_every_control_that_comes(ours):
    rows = gap(ours, 2, 4, {}, DAY)

    lower, upper = ({c.id for c in binding(n, regime_on(DAY))} for n in (2, 4))
    assert named(rows, "control", "new") == upper - lower
    assert named(rows, "control", "no longer") == lower - upper


def test_a_gap_tells_values_that_tighten_with_both_values(ours):
    rows = {row["name"]: row for row in gap(ours, 2, 4, {}, DAY) if row["what"] == "value"}

    row = rows["TCVN14423/LG-07#log-retention"]
    assert (row["before"], row["after"], row["change"]) == ("1", "6", "tighter")


def test_a_gap_tells_rules_that_begin_to_refuse(ours):
    rows = gap(ours, 1, 5, {}, DAY)

    assert any(row["after"] == "deny" for row in rows if row["what"] == "rule")
    assert gap(ours, 3, 3, {}, DAY) == [
        row for row in gap(ours, 3, 3, {}, DAY) if row["what"] == "object"
    ]


def test_a_gap_down_loosens(ours):
    rows = gap(ours, 4, 2, {}, DAY)

    assert named(rows, "value", "looser")
    assert not named(rows, "value", "tighter")


def test_a_gap_names_what_fails_already_and_what_would(ours, store):
    rows = gap(ours, 3, 5, store.latest(ours.id), DAY)

    failing = named(rows, "object", "fails")
    assert f"{finding().object} [image-by-digest]" in failing
    would = {f"{f.object} [{f.rule}]" for f in rejudged(ours, 5) if f.verdict is Verdict.FAIL}
    assert named(rows, "object", "would fail") == would - failing


def test_what_is_rejudged_is_held_to_the_level(ours):
    assert {each.level for each in rejudged(ours, 5)} == {5}


def test_two_runs_are_compared_by_rule_and_object(empty):
    other = finding(target=replace(POD, name="other"))
    empty.save(run("run-a", scope="a"), [finding(), other])
    empty.save(run("run-b", scope="b"), [finding(Verdict.FAIL), finding(rule="new-rule")])

    rows = difference(empty, "run-a", "run-b")

    assert {(row["change"], row["rule"], row["before"], row["after"]) for row in rows} == {
        ("changed", "image-by-digest", "pass", "fail"),
        ("gone", "image-by-digest", "pass", None),
        ("new", "new-rule", None, "pass"),
    }


def test_two_days_are_compared_as_known_then(empty, ours):
    empty.save(run("run-a", ended=ago(10)), [finding(seen_at=ago(10))])
    empty.save(run("run-b", ended=ago(1)), [finding(Verdict.FAIL, seen_at=ago(1))])

    assert difference(empty, "2026-11-15", "2026-11-20", ours.id) == []
    (row,) = difference(empty, "2026-11-15", "2026-11-22", ours.id)
    assert (row["before"], row["after"]) == ("pass", "fail")


@pytest.mark.parametrize("name", ["22/11/2026", "never"])
def test_what_is_no_day_is_refused(name):
    with pytest.raises(ProblemError) as caught:
        day_of(name)

    assert caught.value.problems[0].key == "report-no-day"


def test_a_day_of_a_report_is_its_end_in_viet_nam():
    assert day_of("2026-11-22").isoformat() == "2026-11-22T23:59:59.999999+07:00"


def test_a_years_figures_run_to_the_14th_of_december():
    assert period(2026) == (date(2025, 12, 15), date(2026, 12, 14))


@pytest.fixture
def every(store):
    names = ("H26/e-office", "H26/operations-centre", "G01/population-database")
    found = (subject(name, [REQUESTS]) for name in names)
    return [material(Asked(each, each.system.level, NOON), store) for each in found]


def test_the_yearly_rows_count_every_control_once(every):
    rows = yearly_rows(every, 2026, Pen(Language.EN))

    for row in rows:
        states = ("fail", "undetermined", "not-assessed", "stale", "waived", "pass")
        assert sum(row[state] for state in states) == row["controls"]
    assert [row["plan"] for row in rows] == ["none", "some", "none"]
    assert [row["runs"] for row in rows] == [0, 1, 0]


@pytest.mark.parametrize("lang", list(Language))
def test_the_yearly_report_lists_every_system_and_leaves_blanks_to_the_owner(every, lang):
    pen = Pen(lang)
    document = yearly(agencies().get("H26"), 2026, every, lang)

    page = html(document)

    assert document.landscape
    assert "A4 landscape" in page
    for each in every:
        assert pen.either(each.subject.system.name.vi, each.subject.system.name.en) in page
    assert pen("yearly-early", day=pen.day(DAY)) in document.cover.warnings
    assert pen("yearly-blanks") in document.cover.warnings
    assert pen("y-col-checked") in page
    assert "20/12/2026" in page or "December" in page


def test_every_rule_is_known_by_what_it_needs_to_see():
    eyes = {eye.value for rules in realising().values() for eye in rules.values()}

    assert {"cluster", "host"} <= eyes

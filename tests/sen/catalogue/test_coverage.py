"""Who shows each control: rules and their gates, tests that exist, people, or a written reason."""

from __future__ import annotations

import ast

import pytest

from policies.catalogue.reason import Reason, reasons
from policies.control import STANDARD, Automation, controls
from policies.finding import Gate
from policies.host_rule import HostRule
from policies.rule import Rule
from sen.catalogue import coverage as subject
from sen.catalogue.coverage import Shown, coverage, gates_of
from sen.catalogue.listing import any_level, summary_row
from sen.paths import PROJECT

EVERY = "1-5"
TEXT = {"vi": "Không được", "en": "Not allowed"}
WHOLE = {
    "id": "a-rule",
    "title": TEXT,
    "controls": ["TCVN14423/NW-07"],
    "severity": "low",
    "message": TEXT,
    "remedy": TEXT,
    "levels": {EVERY: "warn"},
}


def rule(**changed):
    return Rule.model_validate({**WHOLE, "matches": "v1/Pod", "expression": "true", **changed})


def host_rule(**changed):
    own = {"id": "host-a-rule", "matches": "host", "family": "sshd", "reads": []}
    return HostRule.model_validate({**WHOLE, **own, **changed})


@pytest.fixture
def rules(monkeypatch):
    def use(*cel, hosts=(), said=None):
        monkeypatch.setattr(subject, "load_rules", lambda: cel)
        monkeypatch.setattr(subject, "load_host_rules", lambda: hosts)
        monkeypatch.setattr(subject, "reasons", lambda: said or {})

    return use


def covered(name, level=3):
    return next(each for each in coverage(level) if each.control.id == f"{STANDARD}/{name}")


@pytest.mark.parametrize(
    ("kind", "more", "gates"),
    [
        ("v1/Pod", {}, {Gate.PLAN, Gate.ADMISSION, Gate.LIVE, Gate.FILES}),
        ("v1/Pod", {"among": ["v1/Namespace"]}, {Gate.PLAN, Gate.LIVE, Gate.FILES}),
        ("audit.k8s.io/v1/Policy", {}, {Gate.FILES}),
        ("cloud.sen.gov.vn/v1/Bucket", {}, {Gate.CLOUD}),
    ],
)
def test_the_kinds_of_a_rule_say_at_which_gates_it_is_asked(kind, more, gates):
    assert gates_of(rule(matches=kind, **more)) == gates


def test_a_rule_about_hosts_is_asked_at_hosts():
    assert gates_of(host_rule()) == {Gate.HOST}


def test_a_control_is_shown_by_all_rules_that_name_it(rules):
    rules(rule(among=["v1/Namespace"]), rule(id="b-rule"), hosts=[host_rule()])

    found = covered("NW-07")

    assert found.rules == ("a-rule", "b-rule", "host-a-rule")
    assert found.gates == (Gate.PLAN, Gate.ADMISSION, Gate.LIVE, Gate.FILES, Gate.HOST)
    assert found.shown is Shown.RULE
    assert covered("NW-09").shown is Shown.OPEN


def test_a_rule_that_is_off_at_a_level_shows_nothing_there(rules):
    rules(rule(levels={"1-3": "off", "4-5": "deny"}))

    assert covered("NW-07", 3).shown is Shown.OPEN
    assert covered("NW-07", 4).shown is Shown.RULE


def test_without_a_rule_a_probe_shows_it_then_people_then_a_reason(rules):
    why = Reason.model_validate({"why": TEXT})
    probe = Reason.model_validate({"probes": ["tests/e2e/test_x.py::test_y"]})
    rules(said={"TCVN14423/NW-07": probe, "TCVN14423/NW-09": why})

    assert covered("NW-07").shown is Shown.PROBE
    assert covered("NW-07").probes == ("tests/e2e/test_x.py::test_y",)
    assert covered("NW-09").shown is Shown.REASON
    assert covered("NW-02").shown is Shown.PEOPLE


def test_a_level_covers_what_it_asks_and_an_instrument_what_is_its_own(rules):
    rules()

    assert len(coverage(4, STANDARD)) == 169
    assert len(coverage(4)) == 169 + 24
    assert {each.control.instrument for each in coverage(4, "D331")} == {"D331"}


def test_a_summary_counts_each_control_once(rules):
    rules(rule(), hosts=[host_rule(controls=["TCVN14423/CF-03"])])
    row = summary_row("4", coverage(4, STANDARD))

    parts = ("by rule", "by probe", "by people", "reason", "open")
    assert sum(row[part] for part in parts) == row["controls"] == 169
    assert row["P"] + row["M"] + row["E"] == 169
    assert (row["by rule"], row["plan"], row["host"]) == (2, 1, 1)
    assert row["P open"] == row["P"] - 2


def test_over_all_levels_the_best_of_each_control_counts(rules):
    rules(rule(levels={"1-3": "off", "4-5": "deny"}))
    every = [each for level in (4, 3) for each in coverage(level, STANDARD)]

    best = {each.control.id: each.shown for each in any_level(every)}

    assert best["TCVN14423/NW-07"] is Shown.RULE
    assert len(best) == len({each.control.id for each in every}) == 172


@pytest.mark.parametrize("level", range(1, 6))
def test_every_control_for_the_platform_has_a_rule_a_probe_or_a_reason(level):
    """If not: write the rule, or say in policies/catalogue/reasons.yaml what shows it instead."""
    asked = [each for each in coverage(level) if each.control.automation is not Automation.EVIDENCE]

    assert len(asked) >= 60
    assert [each.control.id for each in asked if each.shown is Shown.OPEN] == []


def test_all_that_the_platform_can_show_is_asked_at_some_level():
    every = any_level(each for level in range(1, 6) for each in coverage(level))
    mark = [each.control.automation for each in every if each.control.instrument == STANDARD]

    assert (mark.count(Automation.PLATFORM), mark.count(Automation.PARTLY)) == (104, 28)


def test_reasons_are_about_controls_and_say_a_thing_in_both_languages():
    assert reasons().keys() <= controls().keys()
    for name, each in reasons().items():
        assert controls()[name].automation is not Automation.EVIDENCE, name
        if each.why:
            assert not each.why.vi.isascii(), name
            assert each.why.vi != each.why.en


def test_every_probe_is_a_test_of_this_project():
    probes = {probe for each in reasons().values() for probe in each.probes}

    for probe in probes:
        file, _, name = probe.partition("::")
        tree = ast.parse((PROJECT / file).read_text("utf-8"))
        assert name in {each.name for each in ast.walk(tree) if isinstance(each, FUNCTIONS)}, probe
    assert len(probes) >= 10


FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def test_a_reason_that_says_nothing_is_refused():
    with pytest.raises(ValueError, match="name a probe"):
        Reason.model_validate({})
    with pytest.raises(ValueError, match="pattern"):
        Reason.model_validate({"probes": ["test_y"]})


def test_people_are_needed_where_the_platform_alone_does_not_show_it(rules):
    why = Reason.model_validate({"why": TEXT})
    probe = Reason.model_validate({"probes": ["tests/e2e/test_x.py::test_y"]})
    rules(
        rule(),
        rule(id="m", controls=["TCVN14423/LG-08"]),
        said={"TCVN14423/NW-09": why, "TCVN14423/NW-10": probe},
    )

    needed = {name: covered(name).needs_people for name in ("NW-07", "NW-09", "NW-10", "NW-11")}

    assert needed == {"NW-07": False, "NW-09": True, "NW-10": False, "NW-11": True}
    assert covered("LG-08").needs_people, "the platform shows a half"
    assert covered("LG-07").needs_people, "nobody shows it yet"

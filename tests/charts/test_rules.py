"""The platform keeps its own rules: the chart, judged at level 4, without a waiver."""

import datetime as dt

import pytest
import yaml

from policies.finding import Verdict
from policies.gates.chart import check
from policies.gates.choice import Choice
from policies.gates.files import check as check_files
from policies.rule import load_rules
from sen.checks.charts import helm
from tests.charts.rendering import CASES, CHART, NAMESPACE, by_key, case_id, rendered

pytestmark = pytest.mark.toolchain
DAY = dt.datetime(2026, 12, 1, tzinfo=dt.UTC)
BAD = {Verdict.FAIL, Verdict.UNDETERMINED}
# What the baseline brings to the namespace and a chart does not see.
ELSEWHERE = {"quota-present"}
# Asked of whoever releases; one file of values leaves it out.
WARNED = {("ingress", "workload-checked")}


@pytest.fixture(scope="module")
def choice():
    return Choice(load_rules(), default_level=4, at=DAY, namespace=NAMESPACE)


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_nothing_of_the_chart_breaks_a_rule_of_level_4(case, choice):
    look = check(CHART, choice, helm(), [case], jobs=1)

    bad = {(each.target.name, each.rule) for each in look.told if each.verdict in BAD}
    apart = {(name, rule) for name, rule in bad if rule in ELSEWHERE}
    warned = {(name, rule) for name, rule in bad if (case_id(case), rule) in WARNED}

    assert bad - apart - warned == set()
    assert look.objects > 35


def test_namespace_that_is_rendered_is_judged_whole(choice):
    look = check(CHART, choice, helm(), [CHART / "ci" / "everything-values.yaml"], jobs=1)

    assert [each for each in look.told if each.verdict in BAD] == []


def test_job_of_a_run_breaks_no_rule_of_level_4(choice, tmp_path):
    job = by_key(rendered())["ConfigMap/sen-run-job"]["data"]["job.yaml"]
    made = yaml.safe_load(job)
    made["metadata"]["namespace"] = NAMESPACE
    file = tmp_path / "job.yaml"
    file.write_text(yaml.safe_dump(made))

    look = check_files([str(file)], choice, jobs=1)

    bad = {each.rule for each in look.told if each.verdict in BAD}
    assert bad - ELSEWHERE == set()
    assert len(look.judged) == 1

"""Our rules of the Pod Security profiles say what the standards' own authors say of their pods."""

from collections import Counter
from functools import cache
from pathlib import Path

import pytest
import yaml

from policies import load_rules
from policies.finding import Gate, Verdict
from policies.gates.plan import dated
from policies.judge import Judge
from policies.rule import Action, Profile, Rule
from policies.subject import Subject

CORPUS = Path(__file__).parents[1] / "corpora" / "pod-security"
# A level holds what the level below it holds.
LEVELS = {
    "baseline": (Profile.PSS_BASELINE,),
    "restricted": (Profile.PSS_BASELINE, Profile.PSS_RESTRICTED),
}
LABELLED = {"baseline": Counter(passes=7, fails=18), "restricted": Counter(passes=9, fails=36)}


@cache
def rules_of(level: str) -> tuple[Rule, ...]:
    """Give the rules of a level as they would be asked by name: none of them off."""
    denied = {"levels": {"1-5": Action.DENY}}
    return tuple(
        rule.model_copy(update=denied)
        for rule in load_rules()
        if set(rule.profiles) & set(LEVELS[level])
    )


@cache
def judge_of(level: str) -> Judge:
    return Judge(rules_of(level))


def broken(pod, level):
    found = judge_of(level).findings(Subject(dated(pod), 5), Gate.PLAN)
    assert {each.verdict for each in found} <= {Verdict.PASS, Verdict.FAIL}
    return sorted(each.rule for each in found if each.verdict is Verdict.FAIL)


def pods(level, outcome):
    paths = sorted((CORPUS / level / outcome).glob("*.yaml"))
    return {path.stem: yaml.safe_load(path.read_text("utf-8")) for path in paths}


@pytest.mark.parametrize("level", LEVELS)
def test_no_pod_of_the_corpus_is_judged_otherwise_than_labelled(level):
    """The confusion matrix; a wrong pod is listed with the rules that it breaks by our reading."""
    matrix = {
        outcome: {name: broken(pod, level) for name, pod in pods(level, outcome).items()}
        for outcome in ("pass", "fail")
    }

    refused_wrongly = {name: rules for name, rules in matrix["pass"].items() if rules}
    admitted_wrongly = sorted(name for name, rules in matrix["fail"].items() if not rules)

    assert (refused_wrongly, admitted_wrongly) == ({}, [])
    assert Counter(passes=len(matrix["pass"]), fails=len(matrix["fail"])) == LABELLED[level]


def test_what_restricted_admits_baseline_admits_and_what_baseline_refuses_restricted_refuses():
    assert {name: broken(pod, "baseline") for name, pod in pods("restricted", "pass").items()} == {
        name: [] for name in pods("restricted", "pass")
    }
    assert [n for n, pod in pods("baseline", "fail").items() if not broken(pod, "restricted")] == []


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("allowprivilegeescalation0", "no-privilege-escalation"),
        ("apparmorprofile1", "apparmor-on"),
        ("hostnamespaces2", "no-host-namespace"),
        ("hostports1", "no-host-port"),
        ("hostprobesandhostlifecycle2", "no-host-in-handlers"),
        ("privileged1", "no-privileged-container"),
        ("procmount_restricted0", "proc-masked"),
        ("restrictedvolumes3", "volume-types"),
        ("runasnonroot3", "pss-run-as-non-root"),
        ("runasuser2", "pss-run-as-user"),
        ("seccompprofile_restricted3", "seccomp-required"),
        ("selinuxoptions3", "selinux-confined"),
    ],
)
def test_pod_breaks_the_control_that_its_file_names(name, rule):
    assert rule in broken(pods("restricted", "fail")[name], "restricted")


@pytest.mark.parametrize(
    ("name", "rules"),
    [
        ("capabilities_baseline1", ["capabilities-of-the-runtime"]),
        ("hostpathvolumes0", ["no-host-path"]),
        ("procmount1", ["proc-masked-without-own-users"]),
        ("seccompprofile_baseline0", ["seccomp-on"]),
        ("windowshostprocess0", ["no-host-namespace", "no-host-process"]),
    ],
)
def test_pod_breaks_the_control_of_baseline_that_its_file_names_and_no_other(name, rules):
    assert broken(pods("baseline", "fail")[name], "baseline") == rules


@pytest.mark.parametrize(("level", "controls"), [("baseline", 12), ("restricted", 19)])
def test_every_control_of_the_standard_is_one_rule(level, controls):
    """Restricted adds six to the 12 of baseline, and /proc masked whoever the users are."""
    assert len(rules_of(level)) == controls


@pytest.mark.parametrize("level", LEVELS)
def test_template_is_held_to_the_same_as_its_pod(level):
    for outcome in ("pass", "fail"):
        for name, pod in pods(level, outcome).items():
            template = {"metadata": pod["metadata"], "spec": pod["spec"]}
            made = {"apiVersion": "apps/v1", "kind": "ReplicaSet", "spec": {"template": template}}

            assert broken(made, level) == broken(pod, level), name

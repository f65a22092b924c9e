"""What a stack is told is held by a model; everything wrong with it is said, in both languages."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml

from stacks.problem import Language, ProblemError
from stacks.settings import PROJECT, BaselineSettings, Layer, TenantsSettings, parse_settings

BASELINE = {"layer": "baseline", "cluster": {"name": "north"}}
TENANTS = {
    "layer": "tenants",
    "cluster": {"name": "north"},
    "agency": "H26",
    "requests": ["stacks/agencies/h26"],
}
EXAMPLES = sorted((PROJECT / "stacks" / "config").glob("Pulumi.*-production.yaml"))


def refused(given: object) -> ProblemError:
    with pytest.raises(ProblemError) as caught:
        parse_settings(given, "tenants-h26-staging")
    return caught.value


def test_a_baseline_is_closed_by_default():
    settings = parse_settings(BASELINE, "baseline-north-staging")

    assert isinstance(settings, BaselineSettings)
    assert (settings.layer, settings.level) == (Layer.BASELINE, 4)
    assert settings.security_officers == settings.inspectors == ()
    assert settings.admission == Path("policies/admission.yaml")


def test_tenants_are_protected_by_default():
    settings = parse_settings(TENANTS, "tenants-h26-staging")

    assert isinstance(settings, TenantsSettings)
    assert settings.protect is True
    assert settings.on is None
    assert settings.cluster.requests_per_second == 1000


def test_a_day_is_read():
    settings = parse_settings({**TENANTS, "on": "2026-12-01"}, "tenants-h26-staging")

    assert isinstance(settings, TenantsSettings)
    assert settings.on == date(2026, 12, 1)


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_the_examples_are_right(file):
    given = yaml.safe_load(file.read_text("utf-8"))["config"]["sen:stack"]

    settings = parse_settings(given, file.stem.removeprefix("Pulumi."))

    assert f"Pulumi.{settings.layer}-" in file.name


def test_there_is_an_example_of_each_layer():
    assert {file.name.split("-")[0].removeprefix("Pulumi.") for file in EXAMPLES} == set(Layer)


WRONG = {
    "unknown-key": ({**BASELINE, "levle": 3}, "baseline.levle"),
    "unknown-key-of-the-cluster": (
        {**BASELINE, "cluster": {"name": "north", "local": True}},
        "baseline.cluster.local",
    ),
    "no-cluster": ({"layer": "baseline"}, "baseline.cluster"),
    "cluster-without-name": ({**BASELINE, "cluster": {}}, "baseline.cluster.name"),
    "cluster-with-empty-name": ({**BASELINE, "cluster": {"name": ""}}, "baseline.cluster.name"),
    "too-fast": (
        {**BASELINE, "cluster": {"name": "north", "requests_per_second": 0}},
        "baseline.cluster.requests_per_second",
    ),
    "level-6": ({**BASELINE, "level": 6}, "baseline.level"),
    "groups-as-one-word": ({**BASELINE, "inspectors": "all"}, "baseline.inspectors"),
    "key-of-the-other-layer": ({**BASELINE, "agency": "H26"}, "baseline.agency"),
    "no-agency": ({k: v for k, v in TENANTS.items() if k != "agency"}, "tenants.agency"),
    "no-requests": ({**TENANTS, "requests": []}, "tenants.requests"),
    "no-day": ({**TENANTS, "on": "soon"}, "tenants.on"),
    "protect-as-a-word": ({**TENANTS, "protect": "perhaps"}, "tenants.protect"),
    "no-such-layer": ({**BASELINE, "layer": "network"}, "sen:stack"),
    "no-layer": ({"cluster": {"name": "north"}}, "sen:stack"),
    "a-list": ([BASELINE], "sen:stack"),
    "a-word": ("baseline", "sen:stack"),
}


@pytest.mark.parametrize(("given", "where"), WRONG.values(), ids=WRONG)
def test_wrong_settings_are_refused_by_place_in_both_languages(given, where):
    error = refused(given)

    (problem,) = error.problems
    assert error.exit_code == 2
    assert problem.key == "stack-settings-wrong"
    assert problem.thing == f"tenants-h26-staging: {where}"
    for language in Language:
        assert "stacks/config/Pulumi.tenants-h26-staging.yaml" in problem.text(language)


def test_everything_wrong_is_said_at_once():
    error = refused({**TENANTS, "agency": 26, "requests": [], "foo": 1})

    assert [problem.thing.rpartition(".")[2] for problem in error.problems] == [
        "agency",
        "requests",
        "foo",
    ]
    assert len(str(error).splitlines()) == 3


def test_missing_settings_are_refused_with_the_file_to_write():
    (problem,) = refused(None).problems

    assert problem.key == "stack-settings-missing"
    for language in Language:
        assert "stacks/config/Pulumi.tenants-h26-staging.yaml" in problem.text(language)

"""Charts are judged as the real helm renders them: each finding names the template."""

from __future__ import annotations

from pathlib import Path

import pytest

from policies.gates import chart as module
from policies.gates.chart import Helm, check, parts, rendered
from policies.gates.choice import Choice
from policies.rule import load_rules
from sen.checks.charts import helm, release
from stacks.problem import ProblemError

RULES = tuple(rule for rule in load_rules() if rule.id in {"no-host-namespace", "image-by-digest"})
TEMPLATE = """
{{- range .Values.names }}
---
apiVersion: v1
kind: Pod
metadata: {name: {{ . | quote }}}
spec:
  hostNetwork: {{ $.Values.open }}
  containers: [{name: c, image: {{ $.Values.image | quote }}}]
{{- end }}
"""


@pytest.fixture
def folder(tmp_path) -> Path:
    made = tmp_path / "web"
    (made / "templates").mkdir(parents=True)
    (made / "crds").mkdir()
    (made / "Chart.yaml").write_text("apiVersion: v2\nname: other\nversion: 0.1.0\n")
    (made / "values.yaml").write_text("names: [a, b]\nopen: false\nimage: web:latest\n")
    (made / "templates" / "pod.yaml").write_text(TEMPLATE)
    (made / "templates" / "version.yaml").write_text(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: v}\n"
        "data: {v: {{ .Capabilities.KubeVersion.Version | quote }}, n: {{ .Release.Namespace }}}\n"
    )
    return made


@pytest.mark.toolchain
def test_every_template_is_judged_and_named(folder):
    look = check(folder, Choice(RULES), helm())

    places = {each.target.name: each.place for each in look.judged}
    assert {name: place.file for name, place in places.items()} == {
        "a": f"{folder}/templates/pod.yaml",
        "b": f"{folder}/templates/pod.yaml",
    }
    assert [places["a"].document, places["b"].document] == [0, 1]
    assert look.others == {"/ConfigMap": 1}
    assert look.problems == ()
    assert {each.rule for each in look.told} == {"image-by-digest"}


@pytest.mark.toolchain
def test_files_of_values_decide_and_the_last_wins(folder, tmp_path):
    one, two = tmp_path / "1.yaml", tmp_path / "2.yaml"
    one.write_text("open: true\nnames: [c]\n")
    two.write_text("names: [d]\n")

    look = check(folder, Choice(RULES), helm(), (one, two))

    failed = {each.target.name for each in look.told if each.rule == "no-host-namespace"}
    assert failed == {"d"}


@pytest.mark.toolchain
def test_charts_are_told_the_platforms_version_and_the_namespace(folder):
    text = rendered(folder, helm(), namespace="h26-web")

    assert "v1.36.3" in text
    assert "n: h26-web" in text


@pytest.mark.toolchain
@pytest.mark.parametrize(
    ("template", "said"),
    [
        ('{{ fail "needs an image" }}', "needs an image"),
        ("{{ .Values.", "parse error"),
        ("a: [", "YAML parse error"),
    ],
)
def test_a_chart_that_cannot_be_rendered_is_told_in_helms_words(folder, template, said):
    (folder / "templates" / "bad.yaml").write_text(template)

    with pytest.raises(ProblemError) as raised:
        check(folder, Choice(RULES), helm())

    (problem,) = raised.value.problems
    assert problem.key == "check-chart-broken"
    assert said in problem.text()


@pytest.mark.toolchain
def test_values_that_are_not_there_are_told(folder, tmp_path):
    with pytest.raises(ProblemError, match=r"none\.yaml"):
        check(folder, Choice(RULES), helm(), (tmp_path / "none.yaml",))


@pytest.mark.toolchain
def test_a_release_of_a_plan_is_rendered_where_its_chart_is_on_this_machine(folder, tmp_path):
    inputs = {"chart": "./web", "namespace": "n", "name": "r", "values": {"names": [b"?", "z"]}}

    things = release(inputs, tmp_path)

    pods = [each for each in things if each["kind"] == "Pod"]
    assert [each["metadata"]["namespace"] for each in pods] == ["n", "n"]
    assert pods[1]["metadata"]["name"] == "z"


@pytest.mark.toolchain
def test_a_release_that_cannot_be_rendered_is_none(folder, tmp_path):
    (folder / "templates" / "bad.yaml").write_text('{{ fail "no" }}')

    assert release({"chart": "web"}, tmp_path) is None


@pytest.mark.parametrize(
    "inputs",
    [
        {},
        {"chart": b"?"},
        {"chart": "none"},
        {"chart": "web", "repositoryOpts": {"repo": "x"}},
        {"chart": "web", "values": b"?"},
    ],
)
def test_a_release_whose_chart_is_elsewhere_is_none(folder, tmp_path, inputs):
    assert release(inputs, tmp_path) is None


def test_a_folder_without_a_chart_is_refused(tmp_path):
    with pytest.raises(ProblemError, match="holds no Helm chart"):
        rendered(tmp_path, Helm(Path("helm")))


def test_a_helm_that_does_not_end_is_ended(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "_PATIENCE_SECONDS", 0.05)
    slow = tmp_path / "helm"
    slow.write_text("#!/bin/sh\nexec sleep 60\n")
    slow.chmod(0o755)

    with pytest.raises(ProblemError, match="no answer in"):
        rendered(folder, Helm(slow))


def test_documents_without_a_template_stand_in_the_chart(folder):
    units = list(parts(folder, "---\na: 1\n---\n# Source: other/templates/x.yaml\nb: 2\n"))

    assert [each.document.file for each in units] == [str(folder), f"{folder}/templates/x.yaml"]

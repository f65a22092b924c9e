"""`sen tenant` against a real API server: list, show, plan, diff."""

from __future__ import annotations

import json

import pytest
import yaml

from stacks.components.tenant import objects_for
from stacks.models.load import load_request
from tests.request_of import request_of
from tests.sen.tenancy.conftest import PROVINCE, administrator, requests

__all__ = ["administrator", "requests"]
grouped = pytest.mark.xdist_group("tenancy-cli")


@pytest.fixture
def file(tmp_path):
    """Write a request into a file."""

    def write(request: dict | str, name: str = "request.yaml"):
        path = tmp_path / name
        text = request if isinstance(request, str) else yaml.safe_dump(request, allow_unicode=True)
        path.write_text(text, "utf-8")
        return path

    return write


def dumped(request) -> dict:
    return request.model_dump(mode="json", exclude_none=True)


@pytest.mark.platform
@grouped
@pytest.mark.parametrize(("output", "read"), [("json", json.loads), ("yaml", yaml.safe_load)])
def test_a_program_reads_the_list(sen, platform, requests, output, read):
    said = sen("tenant", "list", "--name", platform.name, "--agency", PROVINCE, "-o", output)

    names = {row["namespace"] for row in read(said.out)}
    assert said.code == 0
    assert {request.namespace for request in requests} <= names


@pytest.mark.platform
@grouped
def test_people_read_a_table(sen, platform, requests):
    province, commune = requests

    out = sen("tenant", "list", "--name", platform.name).out

    assert "price_vnd_month" in out
    assert province.namespace in out
    assert commune.namespace in out


@pytest.mark.platform
@grouped
def test_an_agency_without_tenants_has_none(sen, platform):
    said = sen("tenant", "list", "--name", platform.name, "--agency", "H05", "-o", "json")

    assert (said.code, json.loads(said.out)) == (0, [])


@pytest.mark.platform
@grouped
def test_one_tenant_is_shown_with_its_objects(sen, platform, requests):
    _, commune = requests

    said = sen("tenant", "show", commune.namespace, "--name", platform.name)

    (shown,) = yaml.safe_load(said.out)
    assert shown["namespace"] == commune.namespace
    assert "LimitRange/limits" in shown["objects"]


@pytest.mark.platform
@grouped
def test_a_tenant_that_is_not_there_is_refused(sen, platform):
    said = sen("tenant", "show", "no-such", "--name", platform.name)

    assert (said.code, said.out) == (2, "")
    assert "sen tenant list" in said.err


@pytest.mark.platform
@grouped
def test_what_is_as_asked_does_not_differ(sen, platform, requests, file):
    path = file(dumped(requests[0]))

    table = sen("tenant", "diff", path, "--name", platform.name)
    machine = sen("tenant", "diff", path, "--name", platform.name, "-o", "json")

    assert (table.code, table.out) == (0, "no difference\n")
    assert (machine.code, json.loads(machine.out)) == (0, [])


@pytest.mark.platform
@grouped
def test_a_difference_is_a_finding(sen, platform, requests, file):
    asked = dumped(requests[1])
    asked["size"] = "S"

    said = sen("tenant", "diff", file(asked), "--name", platform.name, "-o", "json")

    assert said.code == 1
    found = {(row["object"], row["field"]): row for row in json.loads(said.out)}
    pods = found[("ResourceQuota/quota", "spec.hard.pods")]
    assert (pods["tenant"], pods["wanted"], pods["live"]) == (requests[1].name, "20", "150")
    assert {thing for thing, _ in found} == {
        "Namespace/" + requests[1].namespace,  # its price
        "ResourceQuota/quota",
        "LimitRange/limits",
    }


def test_a_plan_is_the_objects_that_would_be_built(sen, file):
    path = file(request_of("H57", "planned"))

    said = sen("tenant", "plan", path)

    assert said.code == 0
    printed = list(yaml.safe_load_all(said.out))
    assert printed == [dict(one) for one in objects_for(load_request(path))]
    assert "Cổng dịch vụ công" in said.out


def test_a_plan_of_a_folder_has_all_its_requests(sen, file, tmp_path):
    file(request_of("H57", "one"), "one.yaml")
    file(request_of("H57", "two"), "two.yaml")

    said = sen("tenant", "plan", tmp_path)

    homes = [one for one in yaml.safe_load_all(said.out) if one["kind"] == "Namespace"]
    assert [one["metadata"]["name"] for one in homes] == ["h57-one-staging", "h57-two-staging"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("agency: H99\n", "H99"),
        ("agency: [\n", "this is not YAML"),
        ("", "no request was found here"),
        ("just words\n", "a request is a mapping"),
    ],
    ids=["no-agency", "no-yaml", "empty", "words"],
)
@pytest.mark.parametrize("command", ["plan", "diff"])
def test_a_wrong_file_is_refused_and_nothing_printed(
    sen, file, quiet_platform, command, text, words
):
    flags = ["--name", "quiet"] if command == "diff" else []

    said = sen("tenant", command, file(text), *flags)

    assert (said.code, said.out) == (2, "")
    assert words in said.err
    assert "request.yaml" in said.err


def test_one_wrong_request_of_a_folder_keeps_all_plans_back(sen, file, tmp_path):
    file(request_of("H57", "good"), "a-good.yaml")
    file("agency: H99\n", "b-bad.yaml")

    said = sen("tenant", "plan", tmp_path)

    assert (said.code, said.out) == (2, "")


@pytest.mark.parametrize("words", [("list",), ("show", "x"), ("diff", "request.yaml")])
def test_a_platform_that_was_never_up_is_a_missing_part(sen, file, tmp_path, monkeypatch, words):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    words = [file(request_of()) if word == "request.yaml" else word for word in words]

    said = sen("tenant", *words, "--name", "never")

    assert (said.code, said.out) == (3, "")
    assert "sen local up --name never" in said.err


def test_a_platform_that_is_down_is_a_missing_part(sen, quiet_platform):
    """Its kubeconfig points to a port where nobody listens."""
    cluster = {"name": "c", "cluster": {"server": "https://127.0.0.1:1"}}
    context = {"name": "sen-quiet", "context": {"cluster": "c", "user": "u"}}
    content = {"clusters": [cluster], "contexts": [context], "users": [{"name": "u", "user": {}}]}
    quiet_platform.kubeconfig.write_text(yaml.safe_dump(content))

    said = sen("tenant", "list", "--name", "quiet")

    assert (said.code, said.out) == (3, "")
    assert "sen local status" in said.err
    assert len(said.err.splitlines()) == 1, "the client's own complaints are not for people"

"""The schema of values is closed: what it does not know, helm refuses."""

import json

import jsonschema
import pytest
import yaml

from tests.charts.rendering import CASES, CHART, USUAL, case_id, run_helm

SCHEMA = json.loads((CHART / "values.schema.json").read_text("utf-8"))
VALUES = yaml.safe_load((CHART / "values.yaml").read_text("utf-8"))


def resolved(node):
    name = node.get("$ref", "").rpartition("/")[2]
    return {**SCHEMA["$defs"][name], **node} if name else node


def nodes(node=SCHEMA, path=()):
    """Give each place of the schema with its path."""
    node = resolved(node)
    yield path, node
    for name, each in node.get("properties", {}).items():
        yield from nodes(each, (*path, name))


def closed():
    return [path for path, node in nodes() if node.get("additionalProperties") is False]


def test_every_value_has_words_and_an_example():
    places = [(path, node) for path, node in nodes() if path]

    assert len(places) > 60
    for path, node in places:
        assert node.get("description"), path
        assert "properties" in node or node.get("examples"), path
        assert "properties" not in node or "additionalProperties" in node, path


@pytest.mark.toolchain
@pytest.mark.parametrize("path", closed(), ids=lambda path: ".".join(path) or "top")
def test_unknown_key_is_refused_by_helm(path):
    word = ".".join((*path, "misspelled"))

    done = run_helm("template", f"--set={word}=1")

    assert done.returncode != 0
    assert "misspelled" in done.stderr


@pytest.mark.toolchain
@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("image.digest=v1", "/image/digest"),
        ("image.tag=v1", "/image"),
        ("operator.replicas=1", "/operator/replicas"),
        ("operator.runner=thread", "/operator/runner"),
        ("portal.url=http://sen.gov.vn", "/portal/url"),
        ("portal.oidc.issuer=http://login.gov.vn", "/portal/oidc/issuer"),
        ("portal.oidc.existingSecret=", "/portal/oidc/existingSecret"),
        ("network.apiServer.cidrs[0]=10.0.0.0/8", "/network/apiServer/cidrs/0"),
        ("network.s3.cidrs=null", "/network/s3"),
        ("state.endpoint=http://s3.gov.vn", "/state/endpoint"),
        ("ends=next year", "/ends"),
        ("publish.by=ingress", "publish.tlsSecret"),
    ],
)
def test_value_that_would_open_or_break_is_refused_by_name(word, said):
    done = run_helm("template", f"--set={word}")

    assert done.returncode != 0
    assert said in done.stderr


@pytest.mark.toolchain
def test_other_namespace_is_refused_with_the_remedy():
    done = run_helm("template", namespace="default")

    assert done.returncode != 0
    assert "--namespace sen-system" in done.stderr


@pytest.mark.toolchain
def test_published_address_with_a_port_is_refused():
    changed = ("--set=publish.by=gateway", "--set=portal.url=https://sen.gov.vn:8443")

    done = run_helm("template", *changed)

    assert done.returncode != 0
    assert "portal.url" in done.stderr


def test_defaults_lack_only_what_must_be_said():
    validator = jsonschema.Draft7Validator(SCHEMA)
    lacking = {".".join(map(str, error.absolute_path)) for error in validator.iter_errors(VALUES)}

    assert lacking == {
        "ends",
        "image.digest",
        "network.apiServer.cidrs",
        "network.oidc.cidrs",
        "network.s3.cidrs",
        "operator.evidenceClaim",
        "portal.oidc.client",
        "portal.oidc.existingSecret",
        "portal.oidc.issuer",
        "portal.url",
        "state.cluster",
        "state.endpoint",
        "state.existingSecret",
    }


def test_every_value_of_the_schema_has_a_default_and_the_other_way_round():
    def keys(given, path=()):
        for name, value in given.items():
            yield (*path, name)
            if isinstance(value, dict):
                yield from keys(value, (*path, name))

    known = {path for path, _ in nodes() if path and path != ("global",)}

    assert set(keys(VALUES)) == known


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_files_of_values_are_kept_to_the_schema(case):
    jsonschema.validate({**VALUES, **merged(yaml.safe_load(case.read_text()))}, SCHEMA)


def merged(given, over=VALUES):
    """Lay values over the defaults, as helm does."""
    return {
        name: merged(value, over[name])
        if isinstance(value, dict) and isinstance(over.get(name), dict)
        else value
        for name, value in {**over, **given}.items()
    }


def test_usual_values_say_only_what_must_be_said():
    said = set(yaml.safe_load(USUAL.read_text()))

    assert said == {"image", "attestations", "operator", "portal", "state", "network", "ends"}

"""What lies in a real cluster under a label, page by page, of every kind that Sen makes."""

from __future__ import annotations

import tempfile

import pytest

from sen.errors import MissingPartError, RefusedError
from sen.runs import cluster
from sen.runs.cluster import KINDS, Found, connect, connected, delete, labelled, listed
from stacks.components.baseline import admission_objects, cluster_objects
from stacks.components.tenant import objects_for
from stacks.models.tenant import TenantRequest
from stacks.settings import PROJECT, parse_settings
from tests.request_of import request_of

pytestmark = [pytest.mark.platform, pytest.mark.xdist_group("cluster")]
ACCOUNTS = 5


@pytest.fixture
def label(api, namespace) -> str:
    """Some accounts under a label of their own, and one under another."""
    for number in range(ACCOUNTS):
        account(api, namespace, f"account-{number}", namespace)
    account(api, namespace, "other", "other")
    return f"sen.gov.vn/test={namespace}"


def account(api, namespace, name, value):
    metadata = {"name": name, "labels": {"sen.gov.vn/test": value}}
    manifest = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata}
    status, body = api.ask("POST", f"/api/v1/namespaces/{namespace}/serviceaccounts", manifest)
    assert status == 201, body


@pytest.mark.parametrize("page", [1, 2, ACCOUNTS, 500])
def test_a_listing_goes_through_all_pages(platform, label, monkeypatch, page):
    monkeypatch.setattr(cluster, "_PAGE", page)
    dynamic = connect(platform.kubeconfig, platform.context)

    found = [one.metadata.name for one in listed(dynamic, "v1", "ServiceAccount", label)]

    assert found == [f"account-{number}" for number in range(ACCOUNTS)]


def test_a_label_that_nothing_carries_gives_nothing(platform):
    assert labelled(platform.kubeconfig, platform.context, "sen.gov.vn/test=nobody") == ()


def test_objects_are_found_by_label_and_named_by_identity(platform, namespace, label):
    found = labelled(platform.kubeconfig, platform.context, label)

    assert str(found[0]) == f"v1/ServiceAccount:{namespace}/account-0"
    assert len(found) == ACCOUNTS
    assert Found("v1", "Namespace", namespace, None).id == f"v1/Namespace:{namespace}"


def test_what_goes_is_counted_and_what_is_gone_is_not(platform, label):
    found = labelled(platform.kubeconfig, platform.context, label)

    assert delete(platform.kubeconfig, platform.context, found) == ACCOUNTS
    assert delete(platform.kubeconfig, platform.context, found) == 0
    assert labelled(platform.kubeconfig, platform.context, label) == ()


def test_every_kind_that_stacks_build_is_looked_for():
    """A kind that is missing in KINDS would make strays that `sen recover` does not see."""
    settings = parse_settings(
        {
            "layer": "baseline",
            "cluster": {"name": "n"},
            "security_officers": ["officers"],
            "inspectors": ["inspectors"],
        },
        "s",
    )
    request = TenantRequest.model_validate(
        request_of(stage="production", network={"ingress": [{"cidr": "10.0.0.0/8", "ports": [1]}]})
    )
    admission = admission_objects((PROJECT / settings.admission).read_text())
    built = (*objects_for(request), *cluster_objects(settings), *admission)

    assert {(one["apiVersion"], one["kind"]) for one in built} == set(KINDS)


@pytest.mark.parametrize("context", [None, "no-such-context"])
def test_a_kubeconfig_that_is_not_there_is_a_missing_part(tmp_path, context):
    with pytest.raises(MissingPartError) as refused:
        connect(tmp_path / "none", context)

    assert refused.value.problems[0].key == "cluster-unreachable"


def test_a_context_that_is_not_there_is_named(platform):
    with pytest.raises(MissingPartError, match="no-such-context"):
        connect(platform.kubeconfig, "no-such-context")


def test_a_server_that_is_down_is_a_missing_part_also_when_it_answered_before(
    platform, tmp_path, capfd
):
    connect(platform.kubeconfig, platform.context)
    text = platform.kubeconfig.read_text()
    here = f":{platform.port('kube-apiserver')}"
    away = tmp_path / "away"
    away.write_text(text.replace(here, ":1"))

    with pytest.raises(MissingPartError) as refused:
        connect(away, platform.context)

    assert refused.value.exit_code == 3
    assert capfd.readouterr().err == "", "the client's own complaints are not for people"


def test_what_a_cluster_offers_is_not_kept_in_the_shared_temporary_folder(
    platform, tmp_path, monkeypatch
):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    connect(platform.kubeconfig, platform.context)

    assert list(tmp_path.glob("*.json")) == []


def test_somebody_without_rights_is_told_in_the_servers_words(platform, tmp_path):
    kubeconfig = platform.client_kubeconfig("nobody", ["oidc:nobody"], tmp_path / "nobody")

    with pytest.raises(RefusedError) as refused:
        labelled(kubeconfig, platform.context, "sen.gov.vn/test=x")

    assert refused.value.problems[0].key == "cluster-refused"
    assert 'User "nobody" cannot list resource "namespaces"' in str(refused.value)


def test_a_server_that_goes_away_after_the_greeting_is_a_missing_part(platform):
    """The client's own settings are turned to a port where nobody listens."""

    def ask_again():
        with connected(platform.kubeconfig, platform.context) as dynamic:
            dynamic.client.configuration.host = "https://127.0.0.1:1"
            list(listed(dynamic, "v1", "Namespace", "sen.gov.vn/agency"))

    with pytest.raises(MissingPartError) as refused:
        ask_again()

    assert refused.value.problems[0].key == "cluster-unreachable"


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", None])
def test_a_refusal_without_words_of_a_cluster_is_told_by_its_reason(body):
    class Refusal:
        reason = "Forbidden"

    Refusal.body = body

    assert cluster._words(Refusal()) == "Forbidden"

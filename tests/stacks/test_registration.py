"""An object goes to the engine as it is; what the engine does not make is the program's failure."""

from __future__ import annotations

import asyncio

import grpc
import pulumi
import pytest
from pulumi.runtime import settings
from pulumi.runtime.proto import resource_pb2

from stacks.components.manifest import manifest, token
from stacks.components.registration import Home, marked, register, register_namespace

HOME = Home("urn:pulumi:s::p::sen:tenancy:Tenant::t", "urn:pulumi:s::p::pulumi:providers:k::n::id")
NAMESPACE = manifest("v1", "Namespace", "h26-portal", labels={"a": "b"})
QUOTA = manifest("v1", "ResourceQuota", "quota", namespace="h26-portal", spec={"hard": {}})


class Broken(grpc.RpcError):
    """What a channel raises when the engine answers with an error."""

    def __init__(self, code: grpc.StatusCode) -> None:
        self._code = code

    def code(self) -> grpc.StatusCode:
        return self._code

    def details(self) -> str:
        return "the provider said no"


class Engine:
    """Answers as it is told to, and keeps what it was asked."""

    def __init__(self, result=resource_pb2.Result.SUCCESS, error=None):
        self.result, self.error, self.asked = result, error, []

    def RegisterResource(self, request):  # noqa: N802 - Pulumi's name
        self.asked.append(request)
        if self.error:
            raise self.error
        return resource_pb2.RegisterResourceResponse(urn=f"urn:{request.name}", result=self.result)


@pytest.fixture
def engine(monkeypatch):
    """Give a maker of engines; the program talks to the last one."""

    def make(**answers):
        made = Engine(**answers)
        monkeypatch.setattr(settings, "get_monitor", lambda: made)
        monkeypatch.setattr(pulumi, "get_stack", lambda: "tenants-h26-dev")
        return made

    return make


def test_a_success_gives_the_urn_that_the_engine_gave(engine):
    made = engine()

    assert asyncio.run(register(HOME, "one", NAMESPACE)) == "urn:one"
    (asked,) = made.asked
    assert (asked.parent, asked.provider) == (HOME.parent, HOME.provider)
    assert (asked.custom, asked.protect, asked.deletedWith) == (True, False, "")
    assert list(asked.dependencies) == []


def test_the_engine_is_told_that_failures_are_understood(engine):
    """The engine gives a result to who says that it is read."""
    made = engine()

    asyncio.run(register(HOME, "one", NAMESPACE))

    assert made.asked[0].supportsResultReporting


@pytest.mark.parametrize("result", [resource_pb2.Result.FAIL, resource_pb2.Result.SKIP])
def test_what_the_engine_did_not_make_is_a_failure(engine, result):
    engine(result=result)

    with pytest.raises(pulumi.RunError, match="h26-portal was not made"):
        asyncio.run(register(HOME, "h26-portal", NAMESPACE))


def test_an_engine_that_answers_with_an_error_is_a_failure(engine):
    engine(error=Broken(grpc.StatusCode.UNKNOWN))

    with pytest.raises(Exception, match="the provider said no"):
        asyncio.run(register(HOME, "h26-portal", NAMESPACE))


def test_nothing_is_asked_for_a_namespace_that_was_not_made(engine):
    made = engine(result=resource_pb2.Result.FAIL)

    with pytest.raises(pulumi.RunError):
        asyncio.run(register_namespace(HOME, "h26-portal", [NAMESPACE, QUOTA]))

    assert [asked.name for asked in made.asked] == ["h26-portal"]


def test_contents_go_with_their_namespace_and_only_that_is_protected(engine):
    made = engine()

    asyncio.run(register_namespace(HOME, "t", [NAMESPACE, QUOTA], protect=True))

    namespace, quota = made.asked
    assert (namespace.name, namespace.protect, namespace.deletedWith) == ("t", True, "")
    assert (quota.name, quota.protect, quota.deletedWith) == (
        "t/ResourceQuota/quota",
        False,
        "urn:t",
    )
    assert list(quota.dependencies) == ["urn:t"]


def test_marks_are_added_to_what_is_there_and_the_object_stays(engine):
    engine()

    after = marked(NAMESPACE)

    assert after["metadata"] == {
        "name": "h26-portal",
        "labels": {"a": "b", "sen.gov.vn/stack": "tenants-h26-dev"},
        "annotations": {"pulumi.com/patchFieldManager": "sen"},
    }
    assert NAMESPACE["metadata"] == {"name": "h26-portal", "labels": {"a": "b"}}


@pytest.mark.parametrize(
    ("version", "kind", "wanted"),
    [
        ("v1", "Namespace", "kubernetes:core/v1:Namespace"),
        ("apps/v1", "Deployment", "kubernetes:apps/v1:Deployment"),
        ("policy/v1", "PodDisruptionBudget", "kubernetes:policy/v1:PodDisruptionBudget"),
    ],
)
def test_the_engines_name_of_a_kind(version, kind, wanted):
    assert token(manifest(version, kind, "x")) == wanted


def test_a_program_without_an_engine_is_told_so(monkeypatch):
    monkeypatch.setattr(settings, "get_monitor", lambda: None)
    monkeypatch.setattr(pulumi, "get_stack", lambda: "s")

    with pytest.raises(pulumi.RunError, match="under `pulumi` only"):
        asyncio.run(register(HOME, "one", NAMESPACE))

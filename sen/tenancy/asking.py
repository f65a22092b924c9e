"""The doors of people: ask for a tenant, decide on a request, each in one's own name."""

from __future__ import annotations

import datetime as dt
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

from kubernetes import client, config
from kubernetes.client.exceptions import ApiException
from pydantic import ValidationError

from sen.errors import MissingPartError, RefusedError
from sen.tenancy.desk import desk_of
from sen.tenancy.enforcing import KIND_NOT_SEEN
from stacks.models.chain import material
from stacks.models.explain import explain
from stacks.models.objects import GROUP, VERSION
from stacks.models.objects.request import RequestSpec
from stacks.models.price import monthly_price
from stacks.models.tenant import TenantRequest
from stacks.problem import Problem, ProblemError

# The API server's own words while its admission has not seen a request, or its kind, just made.
NOT_SEEN_YET = ("no params found", KIND_NOT_SEEN)
# It looks for kinds again every half minute.
PATIENCE_SECONDS = 45.0
REFUSED = frozenset({400, 401, 403, 404, 409, 422})


@dataclass(frozen=True)
class Decided:
    """What somebody says about a request."""

    role: str
    decision: str
    reason: str | None = None
    document: str | None = None
    in_place_of: str | None = None


class Door:
    """A person at the API server; what they may do is RBAC's business."""

    def __init__(self, kubeconfig: Path, context: str | None) -> None:
        try:
            made = config.new_client_from_config(str(kubeconfig), context)
        except config.ConfigException as error:
            values = {"why": type(error).__name__}
            problem = Problem("cluster-unreachable", context or str(kubeconfig), values)
            raise MissingPartError(problem) from error
        self._objects = client.CustomObjectsApi(made)
        self._who = client.AuthenticationV1Api(made)
        self._name = context or str(kubeconfig)

    def myself(self) -> str:
        """Give one's user name, as the API server knows it."""
        review = client.V1SelfSubjectReview()
        found = self._asked(self._who.create_self_subject_review, review)
        return str(found.status.user_info.username)

    def ask(self, request: TenantRequest, reason: str | None = None) -> dict[str, Any]:
        """Put a request on the agency's desk, or change the one that is there."""
        spec = {
            **request.model_dump(mode="json", exclude_none=True),
            "requested_by": self.myself(),
            **({"reason": reason} if reason else {}),
        }
        namespace, name = desk_of(request.agency), f"{request.system.slug}-{request.stage}"
        body = _object("TenantRequest", {"name": name}, spec)
        there = self._there(namespace, name)
        if there is None:
            create = self._objects.create_namespaced_custom_object
            return self._call(create, namespace, "tenantrequests", body)
        meta = there["metadata"]
        body["metadata"] = {"name": name, "resourceVersion": meta["resourceVersion"]}
        body["spec"]["requested_by"] = there["spec"]["requested_by"]
        replace = self._objects.replace_namespaced_custom_object
        return self._call(replace, namespace, "tenantrequests", name, body)

    def decide(self, agency: str, name: str, decided: Decided) -> dict[str, Any]:
        """Decide on what a request says now."""
        namespace = desk_of(agency)
        spec = RequestSpec.model_validate(self.request(agency, name)["spec"])
        given = {
            "request": name,
            "material": material(spec),
            "by": self.myself(),
            "price_vnd": monthly_price(spec),
            **{key: each for key, each in vars(decided).items() if each is not None},
        }
        body = _object("Approval", {"generateName": f"{name}-"}, given)
        create = self._objects.create_namespaced_custom_object
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                return self._call(create, namespace, "approvals", body)
            except RefusedError as error:
                seen = not any(words in str(error) for words in NOT_SEEN_YET)
                if seen or time.monotonic() > deadline:
                    raise
                time.sleep(0.1)

    def change(self, agency: str, name: str, changes: Mapping[str, object]) -> dict[str, Any]:
        """Change fields of a request, None takes one away; what is material asks everybody anew.

        Raises:
            ProblemError: The request would break its rules; each broken one is listed.
        """
        spec = self.request(agency, name)["spec"]
        wanted = {key: each for key, each in {**spec, **changes}.items() if each is not None}
        try:
            # Whoever ended may still hand on what runs, and to whom, the operator decides.
            RequestSpec.model_validate(wanted, context={"standing": True})
        except ValidationError as error:
            found = (explain(each, name, RequestSpec) for each in error.errors())
            raise ProblemError(*found) from None
        patch = self._objects.patch_namespaced_custom_object
        body = {"spec": dict(changes)}
        return self._call(patch, desk_of(agency), "tenantrequests", name, body)

    def tenant(self, agency: str, name: str) -> dict[str, Any]:
        get = self._objects.get_namespaced_custom_object
        return self._call(get, desk_of(agency), "tenants", name)

    def hold(self, agency: str, name: str, hold: Mapping[str, str] | None) -> dict[str, Any]:
        """Put a legal hold on a tenant, or take it away: the platform's right."""
        given = None
        if hold is not None:
            since = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
            given = {**hold, "by": self.myself(), "since": since}
        patch = self._objects.patch_namespaced_custom_object
        body = {"spec": {"legal_hold": given}}
        return self._call(patch, desk_of(agency), "tenants", name, body)

    def request(self, agency: str, name: str) -> dict[str, Any]:
        get = self._objects.get_namespaced_custom_object
        return self._call(get, desk_of(agency), "tenantrequests", name)

    def requests(self, agency: str) -> list[dict[str, Any]]:
        listed = self._objects.list_namespaced_custom_object
        items: list[dict[str, Any]] = self._call(listed, desk_of(agency), "tenantrequests")["items"]
        return items

    def _there(self, namespace: str, name: str) -> dict[str, Any] | None:
        try:
            found: dict[str, Any] = self._objects.get_namespaced_custom_object(
                GROUP, VERSION, namespace, "tenantrequests", name
            )
        except ApiException as error:
            if error.status == HTTPStatus.NOT_FOUND:
                return None
            raise self._refusal(error) from error
        return found

    def _call(self, ask: Any, namespace: str, *arguments: Any) -> dict[str, Any]:  # noqa: ANN401
        found: dict[str, Any] = self._asked(ask, GROUP, VERSION, namespace, *arguments)
        return found

    def _asked(self, ask: Any, *arguments: Any) -> Any:  # noqa: ANN401 - an untyped client
        try:
            return ask(*arguments)
        except ApiException as error:
            raise self._refusal(error) from error
        except OSError as error:
            values = {"why": type(error).__name__}
            raise MissingPartError(Problem("cluster-unreachable", self._name, values)) from error

    def _refusal(self, error: ApiException) -> RefusedError | MissingPartError:
        if error.status not in REFUSED:
            values = {"why": str(error.status)}
            return MissingPartError(Problem("cluster-unreachable", self._name, values))
        return RefusedError(Problem("cluster-refused", self._name, {"why": _words(error)}))


def _words(error: ApiException) -> str:
    try:
        return str(json.loads(error.body)["message"])
    except (ValueError, KeyError, TypeError):
        return str(error.reason)


def _object(kind: str, meta: dict[str, str], spec: dict[str, Any]) -> dict[str, Any]:
    body: dict[str, Any] = {"apiVersion": f"{GROUP}/{VERSION}", "kind": kind}
    return {**body, "metadata": meta, "spec": spec}

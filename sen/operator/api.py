"""What the operator writes: statuses of requests, tenants and their statuses."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from kubernetes import client, config
from kubernetes.client.exceptions import ApiException

from sen.operator.conditions import merged
from sen.operator.plan import Plan, Said
from sen.operator.world import Object, key_of
from sen.runs.recover import Reach
from stacks.models.objects import GROUP, VERSION
from stacks.models.objects.tenant import TenantSpec, kept

CONFLICT = 409
GONE = 404
Told = Callable[[Object, Sequence[Mapping[str, Any]]], None]


class Api:
    """A thin client; each call is one request, safe to make again."""

    def __init__(
        self,
        platform: Reach,
        told: Told | None = None,
        made: client.ApiClient | None = None,
    ) -> None:
        """Connect.

        Args:
            platform: Whose kubeconfig; not read when `made` is given.
            told: Called with a new state and the conditions before it, after each that is written.
            made: A client to use instead.
        """
        made = made or config.new_client_from_config(str(platform.kubeconfig), platform.context)
        self._objects, self._told = client.CustomObjectsApi(made), told

    def say(self, request: Object, plan: Plan, now: dt.datetime) -> Object | None:
        """Write what was decided into a request; give its new state, None if it is gone."""
        status = {
            "phase": plan.phase,
            "price_vnd": plan.price_vnd,
            "waits_for": list(plan.waits_for),
            "approved_by": list(plan.approved_by),
        }
        return self.settle("tenantrequests", request, plan.conditions, status, now)

    def put_tenant(self, namespace: str, spec: TenantSpec) -> Object:
        """Make a tenant, or bring the one that is there to what was approved."""
        body = {
            "apiVersion": f"{GROUP}/{VERSION}",
            "kind": "Tenant",
            "metadata": {"name": spec.namespace, "namespace": namespace},
            "spec": spec.model_dump(mode="json", exclude_none=True),
        }
        where = (GROUP, VERSION, namespace, "tenants")
        try:
            made: Object = self._objects.create_namespaced_custom_object(*where, body)
        except ApiException as error:
            if error.status != CONFLICT:
                raise
            there = self._objects.get_namespaced_custom_object(*where, spec.namespace)
            if there["spec"]["material"] == spec.material:
                return dict(there)
            body["metadata"] = there["metadata"]
            body["spec"] = {
                **spec.model_dump(mode="json", exclude_none=True),
                **kept(there["spec"]),
            }
            made = self._objects.replace_namespaced_custom_object(*where, spec.namespace, body)
        return made

    def myself(self) -> str:
        """Give the operator's own user name, as the API server knows it."""
        review = client.V1SelfSubjectReview()
        who = client.AuthenticationV1Api(self._objects.api_client)
        return str(who.create_self_subject_review(review).status.user_info.username)

    def ask(self, namespace: str, name: str, spec: Mapping[str, Any]) -> bool:
        """Put a request on a desk, unless one of that name is there; False where no desk is."""
        meta = {"name": name, "namespace": namespace}
        kind = {"apiVersion": f"{GROUP}/{VERSION}", "kind": "TenantRequest"}
        where = (GROUP, VERSION, namespace, "tenantrequests")
        body = {**kind, "metadata": meta, "spec": dict(spec)}
        try:
            self._objects.create_namespaced_custom_object(*where, body)
        except ApiException as error:
            if error.status not in {CONFLICT, GONE}:
                raise
            return bool(error.status == CONFLICT)
        return True

    def amend(self, tenant: Object, changes: Mapping[str, object]) -> Object:
        """Change fields of a tenant, as it was read: who changed it meanwhile is heard first."""
        namespace, name = key_of(tenant)
        body = {**tenant, "spec": {**tenant["spec"], **changes}}
        made: Object = self._objects.replace_namespaced_custom_object(
            GROUP, VERSION, namespace, "tenants", name, body
        )
        return made

    def settle(
        self,
        plural: str,
        thing: Object,
        said: Mapping[str, Said],
        status: Mapping[str, object],
        now: dt.datetime,
    ) -> Object | None:
        """Write conditions and fields into a status; give the new state, None if it is gone.

        Who wrote others meanwhile is not written over: what is said goes into what they left.
        """
        namespace, name = key_of(thing)
        seen: Object | None = thing
        while seen is not None:
            before, generation = seen.get("status") or {}, thing["metadata"]["generation"]
            wanted = {
                **status,
                "observedGeneration": max(generation, before.get("observedGeneration", 0)),
                "conditions": merged(before.get("conditions", ()), said, generation, now),
            }
            if all(before.get(key) == value for key, value in wanted.items()):
                return seen
            version = {"resourceVersion": seen["metadata"]["resourceVersion"]}
            body = {"metadata": version, "status": wanted}
            where = (GROUP, VERSION, namespace, plural, name)
            try:
                written: Object = self._objects.patch_namespaced_custom_object_status(*where, body)
            except ApiException as error:
                if error.status not in {GONE, CONFLICT}:
                    raise
                seen = self._found(*where)
            else:
                if self._told is not None:
                    self._told(written, before.get("conditions", ()))
                return written
        return None

    def _found(self, *where: str) -> Object | None:
        try:
            found: Object = self._objects.get_namespaced_custom_object(*where)
        except ApiException as error:
            if error.status != GONE:
                raise
            return None
        return found

"""A tenant in a cluster in memory that judges what it is given, and the part that tries it."""

from __future__ import annotations

import datetime as dt

from playbooks.migration.order import SystemOrder
from sen.migration.applying import REFUSED
from sen.migration.likeness import NAMESPACE
from sen.migration.throwaway import TenantSide
from stacks.components.tenant import objects_for
from stacks.models.tenant import TenantRequest
from stacks.problem import Problem, ProblemError
from tests.request_of import request_of
from tests.sen.migration.moved import system
from tests.sen.tenancy.life.namespace import Memory

NOW = dt.datetime(2026, 11, 22, 8, tzinfo=dt.UTC)
ASKED = TenantRequest.model_validate(request_of())
TENANT = ASKED.namespace
HOST = {"host": "10.9.8.11"}


class Judged(Memory):
    """A cluster in memory that also refuses; it remembers what it was asked to judge."""

    def __init__(self, *things, refuses=()):
        super().__init__(*things)
        self.refuses, self.asked, self.looked = refuses, [], []

    def apply(self, one, *, look=False):
        self.asked.append(one)
        if one["kind"] in self.refuses and one["metadata"].get("namespace") != TENANT:
            values = {"namespace": "-", "why": "[no-such-thing] bị cấm / forbidden"}
            about = f"{one['kind']}/{one['metadata']['name']}"
            raise ProblemError(Problem(REFUSED, about, values))
        if look:
            self.looked.append(one["kind"])
        else:
            self.put(one if one["kind"] != "ResourceQuota" else counted(one))

    def delete(self, one):
        super().delete({**one, "metadata": {**one["metadata"], "namespace": None}})
        self.remove_namespace(one["metadata"]["name"])

    def homes(self):
        return [each["metadata"]["name"] for each in self.each(NAMESPACE)]


def counted(quota, **used):
    return {**quota, "status": {"hard": quota["spec"]["hard"], "used": used}}


def tenant(**used):
    for one in objects_for(ASKED):
        yield counted(one, **used) if one["kind"] == "ResourceQuota" else dict(one)


def side(cluster, **more):
    order = SystemOrder.model_validate(system("portal") | {"tenant": TENANT} | more)
    return TenantSide(cluster, order, "w1", lambda: NOW, patience=0)


def tried(cluster, **more):
    (step,) = side(cluster, **more).rehearsal()
    return step.do(None)

"""An API server in memory: objects by path, who may do what by a function, everything noted."""

from __future__ import annotations

import json
from collections.abc import Callable

import httpx

Verbs = Callable[[str, str], list[str]]
REVIEW, ACCESS = "selfsubjectrulesreviews", "selfsubjectaccessreviews"
API = "/apis/sen.gov.vn/v1alpha1"
LISTS = frozenset(
    {
        "tenantrequests",
        "approvals",
        "tenants",
        "waivers",
        "sharingagreements",
        "events",
        "resourcequotas",
    }
)


class FakeServer:
    """What a test tells it to be."""

    def __init__(self) -> None:
        self.objects: dict[str, dict] = {}
        self.verbs: dict[tuple[str, str], list[str]] = {}
        self.closed: set[str] = set()
        self.seen: list[httpx.Request] = []
        self.down = False
        self.reads_all: set[str] | None = None
        self.answer: httpx.Response | None = None

    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(self)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.seen.append(request)
        if self.down:
            raise httpx.ConnectError("down", request=request)
        return self.answer or self._answer(request)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        path, user = request.url.path, request.headers.get("Impersonate-User", "")
        if path == "/readyz":
            return httpx.Response(200)
        if path.endswith(REVIEW):
            return self._review(json.loads(request.content)["spec"]["namespace"], user)
        if path.endswith(ACCESS):
            return self._may(json.loads(request.content)["spec"]["resourceAttributes"], user)
        if any(each in path for each in self.closed):
            return status(403, "Forbidden", "may not")
        return self._serve(request, path)

    def _review(self, namespace: str, user: str) -> httpx.Response:
        verbs = self.verbs.get((namespace, user), [])
        rule = {"apiGroups": ["sen.gov.vn"], "resources": ["tenantrequests"], "verbs": verbs}
        return httpx.Response(201, json={"status": {"resourceRules": [rule]}})

    def _may(self, wanted: dict, user: str) -> httpx.Response:
        """Let whoever `reads_all` list a kind of which something lies outside the desks."""
        there = any(each.startswith(f"{API}/{wanted['resource']}/") for each in self.objects)
        allowed = there and (self.reads_all is None or user in self.reads_all)
        return httpx.Response(201, json={"status": {"allowed": allowed}})

    def _serve(self, request: httpx.Request, path: str) -> httpx.Response:
        if request.method == "POST":
            body = json.loads(request.content)
            at = f"{path}/{body['metadata']['name']}"
            if at in self.objects:
                return status(409, "AlreadyExists", "already exists")
            body["metadata"]["creationTimestamp"] = "2026-11-22T03:00:00Z"
            self.objects[at] = body
            return httpx.Response(201, json=body)
        if request.method == "PATCH":
            return self._patch(json.loads(request.content), self.objects[path])
        if path in self.objects:
            return httpx.Response(200, json=self.objects[path])
        if path.rpartition("/")[2] in LISTS:
            return self._listed(request, path)
        return status(404, "NotFound", "not found")

    def _patch(self, body: dict, there: dict) -> httpx.Response:
        meta = there["metadata"]
        if body["metadata"]["resourceVersion"] != meta.get("resourceVersion", ""):
            return status(409, "Conflict", "the object has been modified")
        spec = {**there["spec"], **body["spec"]}
        there["spec"] = {key: each for key, each in spec.items() if each is not None}
        meta["generation"] = meta.get("generation", 1) + 1
        return httpx.Response(200, json=there)

    def _listed(self, request: httpx.Request, path: str) -> httpx.Response:
        if request.url.params.get("watch"):
            return self._watch(path, request.url.params["fieldSelector"])
        under = [each for at, each in self.objects.items() if at.startswith(f"{path}/")]
        if not under and "/namespaces/" not in path:
            return status(403, "Forbidden", "not all of them")
        if "as=Table" in request.headers["Accept"]:
            return httpx.Response(
                200, json=table(under, TENANT if path.endswith("/tenants") else REQUEST)
            )
        name = request.url.params.get("fieldSelector", "").partition("involvedObject.name=")[2]
        if name:
            under = [each for each in under if each["involvedObject"]["name"] == name]
        return httpx.Response(200, json={"items": under})

    def _watch(self, path: str, selector: str) -> httpx.Response:
        found = self.objects[f"{path}/{selector.partition('=')[2]}"]
        return httpx.Response(200, text=json.dumps({"type": "ADDED", "object": found}) + "\n")


TENANT = ("Name", "Agency", "Level", "Phase", "VND/month")
REQUEST = ("Name", "Agency", "Stage", "Level", "Phase", "VND/month", "Waits for")


def table(things: list[dict], columns: tuple[str, ...]) -> dict:
    """Give things as the API server's printer does."""
    rows = [{"cells": [cell(each, column) for column in columns]} for each in things]
    return {"columnDefinitions": [{"name": name} for name in columns], "rows": rows}


def cell(thing: dict, column: str) -> object:
    spec, told = thing["spec"], thing.get("status", {})
    waits = told.get("waits_for")
    cells = {
        "Name": thing["metadata"]["name"],
        "Agency": spec["agency"],
        "Stage": spec.get("stage"),
        "Level": spec.get("level") or spec["system"]["level"],
        "Phase": told.get("phase"),
        "VND/month": spec.get("price_vnd") or told.get("price_vnd"),
        "Waits for": json.dumps(waits, separators=(",", ":")) if waits else None,
    }
    return cells[column]


def status(code: int, reason: str, message: str) -> httpx.Response:
    return httpx.Response(code, json={"kind": "Status", "reason": reason, "message": message})

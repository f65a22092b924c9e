"""An API server in memory, as `Rest` asks it: objects by path, versions, conflicts, refusals."""

from __future__ import annotations

import copy

from kubernetes.client.exceptions import ApiException


class Server:
    """Keeps what is put; `refuse` gives a status to a method and the end of a path."""

    def __init__(self):
        self.objects, self.asked, self.refuse, self.version = {}, [], {}, 0

    def ask(self, method, path, body=None, *, content="application/json", **query):
        self.asked.append((method, path, query))
        for (verb, end), status in self.refuse.items():
            if verb == method and path.endswith(end):
                raise ApiException(status=status, reason="refused")
        return copy.deepcopy(getattr(self, f"_{method.lower()}")(path, copy.deepcopy(body), query))

    def _get(self, path, _, query):
        if path in self.objects:
            return self.objects[path]
        inside = [each for at, each in self.objects.items() if at.startswith(f"{path}/")]
        if not inside and path.rpartition("/")[2] not in ("jobs", "pods", "secrets"):
            raise ApiException(status=404, reason="not found")
        key, _, value = query.get("labelSelector", "").partition("=")
        return {
            "items": [e for e in inside if not key or e["metadata"]["labels"].get(key) == value]
        }

    def _post(self, path, body, _):
        meta = body["metadata"]
        meta.setdefault("name", f"{meta.get('generateName', '')}{self.version}")
        if f"{path}/{meta['name']}" in self.objects:
            raise ApiException(status=409, reason="there")
        meta["uid"] = f"uid-{self.version}"
        return self._kept(f"{path}/{meta['name']}", body)

    def _put(self, path, body, _):
        if self.objects[path]["metadata"]["resourceVersion"] != body["metadata"]["resourceVersion"]:
            raise ApiException(status=409, reason="changed meanwhile")
        return self._kept(path, body)

    def _patch(self, path, body, _):
        return self._kept(path, body)

    def _kept(self, path, body):
        self.version += 1
        body["metadata"]["resourceVersion"] = str(self.version)
        self.objects[path] = body
        return body

    def under(self, end):
        return [each for path, each in self.objects.items() if f"/{end}/" in path]

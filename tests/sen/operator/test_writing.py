"""Two writers of one status: what one has said stays when the other speaks from what it read."""

import datetime as dt

from kubernetes.client.exceptions import ApiException

from sen.operator.api import Api
from sen.operator.plan import Said

NOW = dt.datetime(2027, 1, 1, tzinfo=dt.UTC)


class Server:
    """One tenant, and the API server's rule that a stale version is refused."""

    def __init__(self):
        meta = {"name": "t", "namespace": "d", "generation": 1, "resourceVersion": "1"}
        self.thing = {"kind": "Tenant", "metadata": meta}

    def get_namespaced_custom_object(self, *_):
        if self.thing is None:
            raise ApiException(404)
        return self.thing

    def patch_namespaced_custom_object_status(self, *where):
        found, body = self.get_namespaced_custom_object(), where[-1]
        if body["metadata"]["resourceVersion"] != found["metadata"]["resourceVersion"]:
            raise ApiException(409)
        version = str(int(found["metadata"]["resourceVersion"]) + 1)
        meta = {**found["metadata"], "resourceVersion": version}
        status = {**found.get("status", {}), **body["status"]}
        self.thing = {**found, "metadata": meta, "status": status}
        return self.thing


def api_of(server):
    made = Api(None, made=object())
    made._objects = server
    return made


def test_condition_of_another_writer_is_not_written_over():
    server = Server()
    api, read = api_of(server), server.thing

    api.settle("tenants", read, {"Suspended": Said("Unknown", "Stopping")}, {}, NOW)
    made = api.settle("tenants", read, {"Ready": Said("True", "Built")}, {"phase": "Ready"}, NOW)

    assert [each["type"] for each in made["status"]["conditions"]] == ["Ready", "Suspended"]
    assert made["status"]["phase"] == "Ready"


def test_what_is_gone_is_written_no_more():
    server = Server()
    api, read = api_of(server), server.thing
    server.thing = None

    assert api.settle("tenants", read, {"Ready": Said("True", "Built")}, {}, NOW) is None

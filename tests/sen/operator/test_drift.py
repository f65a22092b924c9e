"""What was edited by hand is put back and recorded; what nobody edited is left alone."""

from __future__ import annotations

import copy
import datetime as dt
import json

import pytest
from kubernetes.client.exceptions import ApiException

from sen.evidence import Act
from sen.operator.culprit import Reference, last_user, owner_of
from sen.operator.drift import Drift, path_of
from sen.operator.events import Events, event_of, news, note
from sen.operator.metrics import Metrics
from sen.operator.plan import plan
from sen.operator.world import World
from tests.sen.operator.cluster import NOW, approvals, request
from tests.sen.operator.server import Server

NAME = "h26-portal-staging"
EDIT = {"manager": "kubectl-edit", "time": "2026-11-22T02:00:00Z"}


def tenant(phase="Ready", ready="True", agency="H26"):
    asked = request("portal", agency=agency)
    asked["metadata"]["generation"] = 1
    spec = plan(asked, approvals(asked), World().ledger(agency), NOW).tenant
    condition = {"type": "Ready", "status": ready, "observedGeneration": 1, "reason": "Built"}
    return {
        "kind": "Tenant",
        "metadata": {
            "name": spec.namespace,
            "namespace": "h26-desk-production",
            "generation": 1,
            "resourceVersion": "7",
        },
        "spec": spec.model_dump(mode="json", exclude_none=True),
        "status": {"phase": phase, "conditions": [condition]},
    }


class Place:
    """A tenant that was built, on an API server in memory."""

    def __init__(self, given=None):
        self.server, self.asked, self.acts, self.metrics = Server(), [], [], Metrics()
        clock = lambda: dt.datetime(2026, 11, 22, tzinfo=dt.UTC)  # noqa: E731
        events = Events(self.server, "one", clock, self.metrics.event_lost)
        self.drift = Drift(
            self.server, lambda _: "tenants-h26-dev", self.acts.append, events, self.metrics
        )
        self.drift.ask = self.asked.append
        self.tenant = given or tenant()
        self.drift.learn(self.tenant)
        self.wanted = {
            key: copy.deepcopy(each) for key, each in self.drift._wanted(self.tenant).items()
        }
        for each in self.wanted.values():
            self.server._kept(path_of(each), copy.deepcopy(each))

    def live(self, kind):
        return next(o for p, o in self.server.objects.items() if o["kind"] == kind)

    def edit(self, kind, *path, value, manager=EDIT):
        live = self.live(kind)
        inside, fields = live, {}
        for part in path[:-1]:
            inside = inside[part]
        inside[path[-1]] = value
        for part in reversed(path):
            fields = {f"f:{part}": fields}
        live["metadata"]["managedFields"] = [{**manager, "fieldsV1": fields}]
        return live


def test_nothing_is_written_where_all_is_as_approved():
    place = Place()

    assert place.drift.put_back(NAME) == 0
    assert {method for method, *_ in place.server.asked} == {"GET"}
    assert len(place.wanted) == 9


def test_edited_field_is_put_back_and_recorded_with_the_one_who_edited():
    place = Place()
    live = place.edit("ResourceQuota", "spec", "hard", "requests.cpu", value="999")

    assert place.drift.put_back(NAME) == 1

    (act,) = place.acts
    assert isinstance(act, Act)
    assert (act.name, act.by, act.about) == ("tenant.drift", "manager:kubectl-edit", NAME)
    assert act.data["fields"][0]["field"] == "spec.hard.requests.cpu"
    assert act.data["fields"][0]["live"] == "999"
    assert (
        place.live("ResourceQuota")["spec"]
        == place.wanted["ResourceQuota", live["metadata"]["name"]]["spec"]
    )
    assert b'sen_drift_put_back_total{kind="ResourceQuota"} 1.0' in place.metrics.text()
    (event,) = place.server.under("events")
    assert "Có người sửa tay" in event["note"]
    assert "requests.cpu" in event["note"]
    patch = next(query for method, _, query in place.server.asked if method == "PATCH")
    assert patch == {"fieldManager": "sen", "force": "true"}
    assert live["metadata"]["labels"]["sen.gov.vn/stack"] == "tenants-h26-dev"


def test_deleted_object_is_made_again_by_whoever_deleted_it_unknown():
    place = Place()
    gone = next(path for path in place.server.objects if "/networkpolicies/" in path)
    del place.server.objects[gone]

    assert place.drift.put_back(NAME) == 1
    assert gone in place.server.objects
    assert place.acts[0].by == "unknown"
    assert place.acts[0].data["object_version"] == "absent"


def test_value_that_sen_itself_wrote_is_left_for_a_run():
    place = Place()
    own = {"manager": "sen", "time": "2026-11-22T01:00:00Z"}
    place.edit("ResourceQuota", "spec", "hard", "requests.cpu", value="3", manager=own)

    assert place.drift.put_back(NAME) == 0
    assert place.acts == []


def test_what_cannot_be_recorded_is_not_put_back():
    place = Place()
    place.edit("ResourceQuota", "spec", "hard", "requests.cpu", value="999")
    place.drift.record = lambda _: (_ for _ in ()).throw(OSError("disk full"))

    with pytest.raises(OSError, match="disk full"):
        place.drift.put_back(NAME)
    assert place.live("ResourceQuota")["spec"]["hard"]["requests.cpu"] == "999"


def test_one_edit_is_recorded_once_however_often_it_is_tried():
    place = Place()
    place.edit("ResourceQuota", "spec", "hard", "requests.cpu", value="999")
    name = place.live("ResourceQuota")["metadata"]["name"]
    place.server.refuse = {("PATCH", name): 500}
    for _ in range(2):
        with pytest.raises(ApiException):
            place.drift.put_back(NAME)
    place.server.refuse = {}
    place.drift.put_back(NAME)

    assert len(place.acts) == 1


@pytest.mark.parametrize(
    "given", [tenant(phase="Suspended"), tenant(ready="False"), tenant(phase="Failed")]
)
def test_tenant_to_which_something_happens_is_left_alone(given):
    place = Place(given)
    live = place.edit("ResourceQuota", "spec", "hard", "requests.cpu", value="999")

    place.drift.heard("ResourceQuota", "MODIFIED", live)

    assert (place.drift.put_back(NAME), place.asked) == (0, [])


def test_only_what_differs_or_is_gone_is_asked_for():
    place = Place()
    heard = place.drift.heard
    quota = place.live("ResourceQuota")
    heard("ResourceQuota", "MODIFIED", quota)
    heard("NetworkPolicy", "ADDED", {"metadata": {"namespace": NAME, "name": "somebodys"}})
    heard("ResourceQuota", "DELETED", {"metadata": {"namespace": "other", "name": "q"}})
    assert place.asked == []

    heard("ResourceQuota", "DELETED", quota)
    heard("Namespace", "MODIFIED", {"metadata": {"name": NAME, "labels": {}}})
    assert place.asked == [NAME, NAME]


def test_tenant_is_looked_at_once_it_was_built_and_not_when_it_is_gone():
    place = Place(tenant(ready="False"))

    place.drift.learn(tenant())
    place.drift.learn(tenant())
    assert place.asked == [NAME]

    place.drift.learn(tenant(), gone=True)
    assert place.drift.put_back(NAME) == 0


def test_owner_is_the_other_manager_also_of_a_list_as_a_whole():
    def entry(manager, fields, **more):
        return {"manager": manager, "time": "1", "fieldsV1": fields, **more}

    fields = {"f:spec": {"f:ingress": {}}}
    live = {"metadata": {"managedFields": [entry("sen", fields), entry("helm", fields)]}}
    path = "spec.ingress.0.from"

    assert owner_of(live, path) == "helm"
    assert owner_of(live, "spec.egress") == ""
    status = {"metadata": {"managedFields": [entry("kcm", fields, subresource="status")]}}
    assert owner_of(status, path) == ""
    keyed = {"metadata": {"managedFields": [entry("x", {"f:limits": {'k:{"type":"a"}': {}}})]}}
    assert owner_of(keyed, "limits.0.max") == "x"


def test_audit_log_tells_the_last_user_who_was_let(tmp_path):
    log = tmp_path / "audit.log"
    one = Reference("resourcequotas", NAME, "quota")

    def line(user, verb="patch", code=200, name="quota", namespace=NAME):
        ref = {"resource": "resourcequotas", "namespace": namespace, "name": name}
        return json.dumps(
            {
                "verb": verb,
                "objectRef": ref,
                "user": {"username": user},
                "responseStatus": {"code": code},
            }
        )

    lines = [line("an"), line("binh", code=403), line("chi", "get"), line("d", name="quota-2")]
    lines += [line("e", namespace="other"), '{"quota": torn']
    log.write_text("\n".join(lines))

    assert last_user(log, one) == "an"
    assert last_user(log, Reference("secrets", NAME, "quota")) == ""


def test_news_are_told_once():
    one = {"type": "Ready", "status": "True", "reason": "Built", "message": "", "at": 1}

    assert list(news([], [one])) == [one]
    assert list(news([one], [{**one, "at": 2}])) == []
    assert list(news([one], [{**one, "message": "again"}])) != []


def test_event_says_it_in_both_languages_and_fits():
    event = event_of(tenant(), "Ready", "RunFailed", "đ" * 5000, NOW)

    assert event["type"] == "Warning"
    vi, en = event["note"].split(" / ")
    assert vi.startswith("Lượt dựng không thành công, sẽ thử lại: đ")
    assert en.startswith("The run failed and is tried again: đ")
    assert len(event["note"].encode()) <= 1024
    assert note("Unheard", "") == "Unheard"
    assert note("Approved", "") == "Đã được phê duyệt đầy đủ / All who must agree have agreed"
    assert note("Invalid", "tên sai / bad name") == (
        "Yêu cầu không hợp lệ: tên sai / The request breaks a rule: bad name"
    )
    assert event["regarding"]["name"] == NAME


def test_event_that_is_not_taken_is_counted_and_nothing_more():
    place = Place()
    place.server.refuse = {("POST", "events"): 500}
    place.drift.events.changed(tenant(), [])

    assert b"sen_events_lost_total 1.0" in place.metrics.text()

"""What the operator tells of itself: probes, figures, logs; and whether it still hears."""

from __future__ import annotations

import http.client
import io
import json
import logging

import pytest
from kubernetes.client.exceptions import ApiException

from sen.errors import MissingPartError
from sen.operator.health import Health, listening
from sen.operator.log import LOG, LogFormat, about, log_to
from sen.operator.metrics import Metrics
from sen.operator.outcome import Outcome
from sen.operator.pod import FOLDER, pod_kubeconfig
from sen.operator.pulse import DEAD_SECONDS, Pulse
from sen.operator.site import PodSite
from sen.operator.watching import ExpiredError, Watch


def got(port, path):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path)
    answer = connection.getresponse()
    found = answer.status, answer.read().decode()
    connection.close()
    return found


def test_probes_tell_why_not_and_figures_are_read():
    metrics, why = Metrics(), [""]
    health = Health(metrics.text, lambda: why[0])
    with listening("127.0.0.1:0", health) as port:
        assert got(port, "/healthz") == (200, "ok\n")
        why[0] = "tenants: 2 there, 1 known"
        assert got(port, "/healthz") == (503, "tenants: 2 there, 1 known\n")
        assert got(port, "/readyz?x=1")[0] == 200
        assert got(port, "/other")[0] == 404
        assert "sen_leader 0.0" in got(port, "/metrics")[1]
        with (
            pytest.raises(MissingPartError, match="nothing can listen"),
            listening(f"127.0.0.1:{port}", health),
        ):
            pass


@pytest.mark.parametrize("address", ["127.0.0.1", "127.0.0.1:x", "127.0.0.1:99999"])
def test_address_that_is_none_is_refused(address):
    with pytest.raises(MissingPartError, match=address), listening(address, Health(bytes)):
        pass


def test_figures_hold_runs_queues_and_phases():
    metrics = Metrics()
    with metrics.running():
        assert b"sen_runs_in_progress 1.0" in metrics.text()
    metrics.ran(Outcome("r", "p", 3.0, {"created": 14}))
    metrics.ready(8.0)
    end = metrics.watch(lambda: ["Ready", "Ready", "Pending"], lambda: {"stacks": 4})

    text = metrics.text().decode()

    assert 'sen_runs_total{result="ok"} 1.0' in text
    assert 'sen_run_changes_total{change="created"} 14.0' in text
    assert 'sen_requests{phase="Ready"} 2.0' in text
    assert 'sen_queue_length{queue="stacks"} 4.0' in text
    assert 'sen_approved_to_ready_seconds_bucket{le="10.0"} 1.0' in text
    end()
    assert "sen_requests{" not in metrics.text().decode()


class Counts:
    """Says how many objects there are, or nothing at all."""

    def __init__(self):
        self.there, self.down = 3, False

    def ask(self, *_, **query):
        assert query == {"limit": "1"}
        if self.down:
            raise ApiException(status=503)
        return {"items": [{}], "metadata": {"remainingItemCount": self.there - 1}}


def test_watch_counts_as_dead_when_what_is_there_stays_unknown():
    server, seconds = Counts(), [0.0]
    pulse = Pulse(server, lambda _: 3, lambda: seconds[0])
    pulse.look()
    assert pulse.level()
    assert pulse.dead() == ""

    server.there = 4
    pulse.look()
    seconds[0] = DEAD_SECONDS - 1
    pulse.look()
    assert pulse.dead() == ""
    seconds[0] = DEAD_SECONDS
    assert pulse.dead() == "agencies: 4 there, 3 known"

    server.there = 3
    pulse.look()
    assert pulse.dead() == ""


def test_leader_is_not_ready_before_every_kind_was_listed_and_stays_so_after():
    server, known = Counts(), [0]
    pulse = Pulse(server, lambda _: known[0], lambda: 0.0)
    assert pulse.unlisted() == "kinds are being listed"

    pulse.look()
    assert pulse.unlisted() == "agencies: 3 there, 0 known"
    known[0] = 3
    assert pulse.level()
    assert pulse.unlisted() == ""
    server.there = 4
    pulse.look()
    assert pulse.unlisted() == ""


def test_watch_counts_as_dead_when_the_api_server_stays_away():
    server, seconds = Counts(), [0.0]
    pulse = Pulse(server, lambda _: 3, lambda: seconds[0])
    server.down = True
    pulse.look()
    seconds[0] = DEAD_SECONDS

    assert "no answer" in pulse.dead()


def logged(form, *lines):
    stream = io.StringIO()
    handler = log_to(stream, form)
    try:
        with about(run="r1"), about(request="d/portal"):
            for each in lines:
                LOG.warning(*each)
    finally:
        logging.getLogger().removeHandler(handler)
    return stream.getvalue()


def test_log_is_json_by_run_and_request_and_names_no_person():
    said = logged(LogFormat.JSON, ("locked by %s", "an.nguyen@hanoi.gov.vn"))

    line = json.loads(said)
    assert (line["run"], line["request"], line["level"]) == ("r1", "d/portal", "warning")
    assert line["message"] == "locked by …@hanoi.gov.vn"
    assert line["time"].endswith("Z")


def test_log_for_people_names_no_person_either():
    said = logged(LogFormat.TEXT, ("by an@hanoi.gov.vn",))

    assert "WARNING by …@hanoi.gov.vn" in said


def test_traceback_in_json_stays_one_line():
    stream = io.StringIO()
    handler = log_to(stream, LogFormat.JSON)
    try:
        error = RuntimeError("an@hanoi.gov.vn")
        LOG.warning("boom", exc_info=error)
    finally:
        logging.getLogger().removeHandler(handler)

    assert "…@hanoi.gov.vn" in json.loads(stream.getvalue())["error"]


class Pages:
    """Two pages, then a watch that changes something, then one that expired."""

    def __init__(self):
        self.lists, self.watches, self.over = 0, [], None

    def ask(self, *_, **query):
        self.lists += 1
        more = "" if query["continue"] else "next"
        item = {"metadata": {"name": f"o{self.lists}"}}
        return {"items": [item], "metadata": {"continue": more, "resourceVersion": "10"}}

    def stream(self, *_, **query):
        self.watches.append(query["resourceVersion"])
        if len(self.watches) == 2:
            yield {"type": "ERROR", "object": {"code": 410}}
        if len(self.watches) == 3:
            self.over.set()
        for kind, version in (("MODIFIED", "11"), ("BOOKMARK", "15")):
            yield {"type": kind, "object": {"metadata": {"name": "o", "resourceVersion": version}}}


def test_watch_lists_hears_goes_on_and_lists_again_when_too_much_was_missed():
    pages, heard = Pages(), []
    watch = Watch(pages, "/api/v1/namespaces", "l", lambda *each: heard.append(each[0]))
    pages.over = watch.over

    watch.run()

    assert pages.watches == ["10", "15", "10"]
    assert pages.lists == 4
    assert heard == ["ADDED", "ADDED", "MODIFIED", "ADDED", "ADDED", "MODIFIED"]


@pytest.mark.parametrize(("status", "lists"), [(410, 4), (500, 2)])
def test_watch_that_fails_is_begun_again(status, lists, monkeypatch):
    monkeypatch.setattr("sen.operator.watching.AGAIN_SECONDS", 0)
    pages = Pages()
    watch = Watch(pages, "/api/v1/namespaces", "l", lambda *_: None)

    def stream(*_, **__):
        if pages.watches:
            watch.over.set()
        pages.watches.append(1)
        raise ApiException(status=status)

    pages.stream = stream
    watch.run()

    assert pages.lists == lists
    assert issubclass(ExpiredError, Exception)


@pytest.fixture
def account(tmp_path):
    folder = tmp_path / "account"
    folder.mkdir()
    (folder / "token").write_text("t0ken\n")
    (folder / "ca.crt").write_text("CA")
    return folder


POD = {"KUBERNETES_SERVICE_HOST": "10.0.0.1", "KUBERNETES_SERVICE_PORT": "443"}


def test_pod_reaches_its_cluster_by_a_file_without_a_secret(account, tmp_path):
    written = json.loads(pod_kubeconfig(tmp_path, account, POD).read_text())

    assert written["clusters"][0]["cluster"]["server"] == "https://10.0.0.1:443"
    assert written["users"][0]["user"] == {"tokenFile": str(account / "token")}


def test_no_pod_no_account(tmp_path, account):
    with pytest.raises(MissingPartError, match="no service account"):
        pod_kubeconfig(tmp_path, account, {})


def test_operator_in_a_pod_finds_its_place(account, tmp_path, monkeypatch):
    for name, value in POD.items():
        monkeypatch.setenv(name, value)
    own = {FOLDER: str(tmp_path / "run"), "SEN_EVIDENCE_FOLDER": str(tmp_path / "evidence")}

    site = PodSite.found({**own, "SEN_CLUSTER": "north", "SEN_STAGE": "production"}, account)

    assert site.stack("H26") == "tenants-h26-production"
    assert site.login().token == (account / "token").read_text().strip()
    assert site.api().configuration.host == "https://10.0.0.1:443"
    assert site.variables()["SEN_CONTEXT"] == site.context == "pod"
    assert site.chain().path == tmp_path / "evidence" / "chain.jsonl"


def test_operator_in_a_pod_names_what_the_chart_did_not_set():
    with pytest.raises(MissingPartError, match="SEN_STAGE, SEN_RUN_FOLDER"):
        PodSite.found({"SEN_CLUSTER": "north"})

"""Runs end as they should: well, badly, too late, stopped, or taken over from one that died."""

from __future__ import annotations

import base64
import sys
import threading

import pytest
import yaml

from sen.errors import MissingPartError, RefusedError
from sen.operator.job import ORDER_FILE, Template
from sen.operator.job_runner import JobRunner
from sen.operator.local_runner import LocalRunner
from sen.operator.order import Order
from sen.operator.outcome import Outcome
from tests.sen.operator.server import Server
from tests.sen.operator.test_order import order

WELL = "import sys; sys.stdin.buffer.read(); print('noise'); print('{line}')"
WAITS = (
    "import signal,sys,time; signal.signal(signal.SIGINT, lambda *_: sys.exit(1));"
    "print('up', file=open({file!r}, 'w')); time.sleep(60)"
)


def python(code):
    return [sys.executable, "-c", code]


def test_child_reads_its_order_and_its_last_line_is_the_outcome():
    line = Outcome("r", "p", 1.0, {"created": 3}).line()

    found = LocalRunner({}, python(WELL.format(line=line))).run(order())

    assert found.changes == {"created": 3}


def test_child_that_says_nothing_is_told_with_what_it_complained_of():
    with pytest.raises(RefusedError, match=r"did not say how .*error: out of luck"):
        LocalRunner({}, python("import sys; sys.exit('error: out of luck')")).run(order())


def test_child_that_takes_too_long_is_ended(tmp_path, monkeypatch):
    monkeypatch.setattr("sen.operator.local_runner.END_SECONDS", 0.1)
    code = WAITS.format(file=str(tmp_path / "up"))

    with pytest.raises(RefusedError, match="did not say how"):
        LocalRunner({}, python(code), longest_seconds=0.1).run(order())


def test_runner_that_stops_ends_its_children_and_begins_no_more(tmp_path):
    up = tmp_path / "up"
    runner, found = LocalRunner({}, python(WAITS.format(file=str(up)))), []
    thread = threading.Thread(target=lambda: found.append(raised(runner)))
    thread.start()
    while not up.exists():
        thread.join(0.02)

    runner.stop()
    thread.join()

    assert [each.problems[0].key for each in (*found, raised(runner))] == ["run-interrupted"] * 2


def raised(runner):
    with pytest.raises(RefusedError) as caught:
        runner.run(order())
    return caught.value


class Kubelet:
    """Ends the job of a run after some looks, as the controller and a pod would."""

    def __init__(self, server, outcome=None, condition=("Complete", ""), looks=2):
        self.server, self.outcome, self.condition, self.looks = server, outcome, condition, looks

    def __call__(self, _):
        self.looks -= 1
        if self.looks == 0:
            job = self.server.under("jobs")[0]
            kind, reason = self.condition
            job["status"] = {"conditions": [{"type": kind, "status": "True", "reason": reason}]}
            self._pod(job["metadata"]["name"])
        return self.looks < -3

    def _pod(self, name):
        message = self.outcome.line() if self.outcome else "Killed"
        state = {"terminated": {"message": message}}
        labels = {"batch.kubernetes.io/job-name": name}
        self.server.objects[f"/api/v1/namespaces/sen-system/pods/{name}"] = {
            "metadata": {"labels": labels},
            "status": {"containerStatuses": [{"state": state}]},
        }


def job_runner(server, **kubelet):
    return JobRunner(
        server, Template("sen-system", image="registry/sen@sha256:1"), Kubelet(server, **kubelet)
    )


def test_job_is_made_from_the_charts_file_with_its_order_in_a_secret():
    server = Server()

    found = job_runner(server, outcome=Outcome("r", "p", 2.0)).run(order())

    job, secret = server.under("jobs")[0], server.under("secrets")[0]
    assert found.seconds == 2.0
    assert job["spec"]["template"]["spec"]["containers"][0]["image"] == "registry/sen@sha256:1"
    assert Order.unpacked(base64.b64decode(secret["data"][ORDER_FILE])) == order()
    assert secret["metadata"]["ownerReferences"][0]["uid"] == job["metadata"]["uid"]
    volumes = {each["name"]: each for each in job["spec"]["template"]["spec"]["volumes"]}
    assert volumes["order"]["secret"]["secretName"] == secret["metadata"]["name"]


@pytest.mark.parametrize("reason", ["DeadlineExceeded", "BackoffLimitExceeded"])
def test_job_whose_pod_said_nothing_is_told_with_the_reason(reason):
    with pytest.raises(RefusedError, match=reason):
        job_runner(Server(), condition=("Failed", reason)).run(order())


def test_job_of_the_same_plan_is_taken_over_from_a_dead_operator():
    server = Server()
    server.refuse = {("POST", "/secrets"): 500}
    with pytest.raises(MissingPartError, match="took no Job"):
        job_runner(server).run(order())
    server.refuse = {}

    job_runner(server, outcome=Outcome("r", "p", 1.0)).run(order(id="b" * 32))

    assert (len(server.under("jobs")), len(server.under("secrets"))) == (1, 1)


def test_job_of_another_plan_makes_the_run_wait():
    server = Server()
    with pytest.raises(RefusedError, match="Ctrl-C"):
        job_runner(server, looks=-3).run(order())

    with pytest.raises(RefusedError, match="still at work"):
        job_runner(server).run(order(requests={}))


def test_job_that_somebody_deleted_is_told():
    server = Server()
    server.refuse = {("GET", order().id[:12]): 404}

    with pytest.raises(RefusedError, match="deleted"):
        job_runner(server, looks=9).run(order())


def test_runner_that_stopped_begins_no_job():
    server = Server()
    runner = job_runner(server)
    runner.stop()

    with pytest.raises(RefusedError):
        runner.run(order())
    assert server.asked == []


@pytest.mark.parametrize("content", [None, "kind: Pod", "- 1", "kind: [", "kind: Job\nspec: {}"])
def test_file_that_is_no_job_is_refused(tmp_path, content):
    file = tmp_path / "job.yaml"
    if content:
        file.write_text(content)

    with pytest.raises(MissingPartError, match="no Job"):
        Template("sen-system", file).job(order())


def test_order_that_fits_no_secret_is_refused(monkeypatch):
    monkeypatch.setattr("sen.operator.job.MOST_BYTES", 10)

    with pytest.raises(MissingPartError, match="more than a secret holds"):
        job_runner(Server()).run(order())


def test_job_of_the_chart_keeps_our_own_baseline():
    job = Template("sen-system", account="runs").job(order())
    pod = job["spec"]["template"]["spec"]
    own = pod["containers"][0]["securityContext"]

    assert (job["spec"]["backoffLimit"], pod["restartPolicy"]) == (0, "Never")
    assert pod["serviceAccountName"] == "runs"
    assert pod["securityContext"]["runAsNonRoot"]
    assert own["readOnlyRootFilesystem"]
    assert own["capabilities"] == {"drop": ["ALL"]}
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert {"cpu", "memory"} <= pod["containers"][0]["resources"]["limits"].keys()
    assert yaml.safe_dump(job)

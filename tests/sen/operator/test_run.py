"""One run from its order to its records: what it writes, what it asks of Pulumi, what it tells."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import os
import shutil
import signal
import types

import pytest

from sen.errors import MissingPartError, RefusedError
from sen.operator import carrying, run_once
from sen.operator.carrying import CONTEXT, carry_out
from sen.operator.metrics import Metrics
from sen.operator.outcome import Outcome
from sen.operator.pod import FOLDER
from sen.operator.runner import RunnerKind
from sen.operator.running import Wish, _live, _runner_of
from sen.operator.runs import Runs
from stacks.problem import Problem, ProblemError
from tests.sen.operator.test_drift import tenant
from tests.sen.operator.test_order import order


class Pulumi:
    """A stack that answers from a script and remembers what it was asked."""

    def __init__(self, outputs=None, locked=False):
        self.outputs, self.locked, self.asked, self.name = outputs, locked, [], "tenants-h26-dev"

    def __call__(self, *_):
        return self

    def ensure(self):
        self.asked.append("ensure")

    def up(self, line):
        self.asked.append("up")
        if self.locked:
            raise RefusedError(Problem("run-locked", "s", {"stack": "s", "said": "locked"}))
        for each in ("Resources:", "    + 9 created"):
            line(each)

    def pulumi(self, *words, line=None):
        self.asked.append(words[0])
        if words[0] == "stack" and self.outputs is None:
            raise ProblemError(Problem("run-no-stack", "s"))
        return json.dumps(self.outputs)


@pytest.fixture
def carried(tmp_path, monkeypatch):
    """Carry an order out with a scripted Pulumi; give the outcome and the settings it wrote."""
    variables = {FOLDER: str(tmp_path), "KUBECONFIG": "/there", CONTEXT: "sen-local"}

    def carry(pulumi, asked):
        settings = []
        monkeypatch.setattr(carrying, "Stack", pulumi)
        monkeypatch.setattr(
            carrying, "write_tenants_of", lambda *given: settings.append(given) or given[3]
        )
        return carry_out(asked, variables), settings[0]

    return carry


def test_run_writes_requests_and_settings_makes_the_stack_and_counts(carried, tmp_path):
    pulumi = Pulumi()

    outcome, (stack, cluster, agency, requests) = carried(pulumi, order())

    assert (outcome.changes, outcome.word, outcome.plan) == ({"created": 9}, "ok", order().plan)
    assert pulumi.asked == ["stack", "ensure", "up"]
    assert cluster == {"name": "local", "kubeconfig": "/there", "context": "sen-local"}
    assert (stack, agency, requests) == ("tenants-h26-dev", "H26", [tmp_path / "approved-h26"])


def test_run_recovers_what_a_killed_one_left_and_knows_whether_it_is_alone(carried, monkeypatch):
    seen = []
    monkeypatch.setattr(carrying, "recover", lambda *_, **how: seen.append(how))

    outcome, _ = carried(Pulumi({}, locked=True), order(alone=True))

    assert outcome.recovered
    assert seen == [{"prune": False, "alone": True}]


def test_last_tenant_that_may_leave_takes_the_stacks_objects_along(carried):
    pulumi = Pulumi({"files": {"approved-h26/h26-a-staging.yaml": "h26-a-staging"}})

    carried(pulumi, order(requests={}, leaving=("h26-a-staging",)))

    assert pulumi.asked == ["stack", "destroy"]


def test_run_that_would_lose_a_tenant_touches_nothing(carried):
    pulumi = Pulumi({"files": {"approved-h26/h26-a-staging.yaml": "h26-a-staging"}})

    with pytest.raises(ProblemError, match="nobody ended"):
        carried(pulumi, order())
    assert pulumi.asked == ["stack"]


@pytest.mark.parametrize("error", [None, RefusedError(Problem("run-locked", "s", {"stack": "s"}))])
def test_process_tells_how_it_went_in_its_last_line_and_to_kubernetes(
    tmp_path, monkeypatch, capsys, error
):
    file, told = tmp_path / "order", tmp_path / "log"
    file.write_bytes(order().packed())
    told.touch()

    def carry(asked, _):
        if error:
            raise error
        return Outcome(asked.id, asked.plan, 1.0)

    monkeypatch.setattr(run_once, "in_pod", carry)
    monkeypatch.setattr(run_once, "obey", lambda _: None)

    code = run_once.main(file, told)

    assert code == (1 if error else 0)
    said = Outcome.read(capsys.readouterr().out.splitlines()[-1])
    assert said == Outcome.read(told.read_text())
    assert said.word == ("locked" if error else "ok")


@pytest.mark.toolchain
def test_run_in_a_pod_finds_pulumi_though_nobody_put_it_on_the_path(tmp_path, monkeypatch):
    home = tmp_path / "pulumi"
    monkeypatch.setattr(run_once.os, "environ", {"PATH": "/usr/bin", "PULUMI_HOME": str(home)})
    monkeypatch.setattr(run_once, "carry_out", lambda _, variables: variables)

    seen = run_once.in_pod(order(), run_once.os.environ)

    assert shutil.which("pulumi", path=seen["PATH"])
    assert seen["PULUMI_HOME"] == str(home)
    assert seen["PULUMI_SKIP_CHECKPOINTS"] == "true"
    assert (home / "logs").is_file(), "its log of everything would hold inputs in clear"


def test_process_whose_order_is_none_tells_it(monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", types.SimpleNamespace(buffer=io.BytesIO(b"x")))
    monkeypatch.setattr(run_once, "obey", lambda _: None)

    assert run_once.main() == 1
    assert "run-order-unread" in capsys.readouterr().out


def test_process_that_is_told_to_end_ends_as_by_ctrl_c(monkeypatch):
    before = {each: signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGINT)}
    try:
        run_once.obey("")
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGTERM)
        monkeypatch.setattr(run_once.ctypes, "CDLL", lambda _: types.SimpleNamespace(prctl=print))
        monkeypatch.setenv(run_once.PARENT, "1" if os.getppid() != 1 else "2")
        assert run_once.main() == 143, "its parent died before it began"
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class Runner:
    """Says what a test wants."""

    kind = "local"

    def __init__(self, error=None):
        self.orders, self.error = [], error

    def run(self, asked):
        self.orders.append(asked)
        if self.error:
            raise self.error
        return Outcome(asked.id, asked.plan, 2.0, {"created": 9})


@pytest.fixture
def site(tmp_path):
    return types.SimpleNamespace(folder=tmp_path, cluster="local", stack=lambda code: f"t-{code}")


def test_run_is_recorded_before_and_after_with_its_plan(site):
    acts, runner = [], Runner()

    Runs(site, runner, acts.append, Metrics()).build("H26", [tenant()])

    (asked,) = runner.orders
    assert [(each.name, each.data["plan"]) for each in acts] == [
        ("run.start", asked.plan),
        ("run.end", asked.plan),
    ]
    assert acts[1].data["changes"] == {"created": 9}
    assert list(asked.requests) == ["h26-portal-staging.yaml"]


@pytest.mark.parametrize("error", [None, RefusedError(Problem("run-locked", "s", {"stack": "s"}))])
def test_last_run_of_a_stack_is_known_however_it_went(site, error):
    runner = Runner(error)
    runs = Runs(site, runner, [].append, Metrics())
    assert runs.last("H26") is None

    with contextlib.suppress(RefusedError):
        runs.build("H26", [tenant()])

    assert runs.last("H26") == runner.orders[0].id
    assert runs.last("H29") is None


def test_failed_run_is_recorded_counted_and_raised(site):
    acts, metrics = [], Metrics()
    error = MissingPartError(Problem("run-unreachable", "s", {"stack": "s"}))

    with pytest.raises(MissingPartError):
        Runs(site, Runner(error), acts.append, metrics).build("H26", [tenant()])

    assert acts[1].data["result"] == "failed"
    assert b'sen_runs_total{result="failed"} 1.0' in metrics.text()


def test_run_that_cannot_be_recorded_is_not_begun(site):
    runner = Runner()

    def full(_):
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        Runs(site, runner, full, Metrics()).build("H26", [tenant()])
    assert runner.orders == []


def test_tenant_that_leaves_is_named_and_one_whose_object_is_gone_stays(site):
    runner = Runner()
    runs = Runs(site, runner, lambda _: None, Metrics())
    runs.build("H26", [tenant()])
    runs.build("H26", [])
    runs.remove("H26", ["h26-portal-staging"], [])

    assert [len(each.requests) for each in runner.orders] == [1, 1, 0]
    assert [each.leaving for each in runner.orders] == [(), (), ("h26-portal-staging",)]


def test_runner_is_made_as_the_command_line_and_the_chart_say():
    variables = {
        "SEN_RUN_JOB": "/etc/job.yaml",
        "SEN_RUN_IMAGE": "i",
        "SEN_RUN_SERVICE_ACCOUNT": "a",
    }
    wish = Wish(runner=RunnerKind.JOB, namespace="sen-system")

    made = _runner_of(wish, variables)(types.SimpleNamespace(api=lambda: None))

    assert (made.kind, made.template.namespace, made.template.image) == ("job", "sen-system", "i")
    assert (str(made.template.file), made.template.account) == ("/etc/job.yaml", "a")
    assert _runner_of(Wish())(types.SimpleNamespace(variables=dict)).kind == "local"


def test_operator_ends_in_order_when_it_is_told_to():
    seen = []

    async def work():
        os.kill(os.getpid(), signal.SIGTERM)
        try:
            await asyncio.Event().wait()
        finally:
            seen.append("ended")

    asyncio.run(_live(work()))

    assert seen == ["ended"]

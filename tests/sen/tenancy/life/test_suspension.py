"""What runs is stopped and comes back exactly as it was, whatever it is and whoever meddles."""

import copy

import pytest

from sen.tenancy.life.objects import Kind
from sen.tenancy.life.suspension import resume, suspend
from tests.sen.tenancy.life.namespace import (
    CRON_JOB,
    DEPLOYMENT,
    JOB,
    STATEFUL_SET,
    Memory,
    thing,
)

HOME = "h26-portal-staging"
DAEMON, POD = Kind("apps/v1", "DaemonSet"), Kind("v1", "Pod")
REPLICA_SET = Kind("apps/v1", "ReplicaSet")
OWNED = {"ownerReferences": [{"kind": "Deployment", "name": "web", "controller": True}]}
DONE = {"conditions": [{"type": "Complete", "status": "True"}]}


def everything():
    template = {"spec": {"nodeSelector": {"disk": "fast"}}}
    return Memory(
        thing(DEPLOYMENT, "web", spec={"replicas": 3}),
        thing(DEPLOYMENT, "usual"),
        thing(DEPLOYMENT, "off", spec={"replicas": 0}),
        thing(STATEFUL_SET, "db", spec={"replicas": 2}),
        thing(REPLICA_SET, "web-1", spec={"replicas": 3}, meta=OWNED),
        thing(CRON_JOB, "nightly", spec={"schedule": "0 1 * * *"}),
        thing(CRON_JOB, "asleep", spec={"suspend": True}),
        thing(JOB, "runs"),
        thing(JOB, "done", status=DONE),
        thing(DAEMON, "agent", spec={"template": template}),
    )


def specs(memory):
    return {key: copy.deepcopy(each["spec"]) for key, each in memory.things.items()}


def test_everything_stops_and_comes_back_as_it_was():
    memory = everything()
    before = specs(memory)

    suspend(memory, HOME)
    stopped = specs(memory)
    resume(memory, HOME)

    kinds = {kind: [] for kind in (DEPLOYMENT, STATEFUL_SET)}
    for (kind, _, _), spec in stopped.items():
        if kind in kinds:
            kinds[kind].append(spec["replicas"])
    assert kinds == {DEPLOYMENT: [0, 0, 0], STATEFUL_SET: [0]}
    assert stopped[CRON_JOB, HOME, "nightly"]["suspend"] is True
    assert stopped[JOB, HOME, "runs"]["suspend"] is True
    assert "suspend" not in stopped[JOB, HOME, "done"]
    assert len(stopped[DAEMON, HOME, "agent"]["template"]["spec"]["nodeSelector"]) == 2
    after = specs(memory)
    before[DEPLOYMENT, HOME, "usual"] = {"replicas": 1}
    before[CRON_JOB, HOME, "nightly"]["suspend"] = False
    before[JOB, HOME, "runs"] = {"suspend": False}
    assert after == before
    assert not any(each["metadata"].get("annotations") for each in memory.things.values())


def test_second_time_nothing_is_written():
    memory = everything()
    suspend(memory, HOME)
    calls = memory.calls

    assert suspend(memory, HOME).workloads == 0
    assert memory.calls == calls


@pytest.mark.parametrize(("noted", "back"), [("soon", 1), ("true", 1), ("7", 7)])
def test_note_that_somebody_wrote_over_is_read_with_care(noted, back):
    memory = Memory(thing(DEPLOYMENT, "web", spec={"replicas": 3}))
    suspend(memory, HOME)
    found = memory.things[DEPLOYMENT, HOME, "web"]["metadata"]["annotations"]
    found["sen.gov.vn/before-suspension"] = noted

    resume(memory, HOME)

    assert memory.things[DEPLOYMENT, HOME, "web"]["spec"]["replicas"] == back


def test_who_scales_up_meanwhile_is_stopped_again_and_the_first_note_holds():
    memory = Memory(thing(DEPLOYMENT, "web", spec={"replicas": 3}))
    suspend(memory, HOME)
    memory.things[DEPLOYMENT, HOME, "web"]["spec"]["replicas"] = 9

    assert suspend(memory, HOME).workloads == 1
    assert memory.things[DEPLOYMENT, HOME, "web"]["spec"]["replicas"] == 0
    resume(memory, HOME)
    assert memory.things[DEPLOYMENT, HOME, "web"]["spec"]["replicas"] == 3


def test_lone_pods_go_and_are_named_and_others_are_waited_for():
    memory = Memory(
        thing(POD, "lone"),
        thing(POD, "owned", meta=OWNED),
        thing(POD, "over", status={"phase": "Succeeded"}),
    )

    found = suspend(memory, HOME)

    assert (found.pods, found.lone) == (1, ("lone",))
    assert memory.deleted == ["Pod/lone"]

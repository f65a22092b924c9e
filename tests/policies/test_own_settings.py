"""The platform's own settings keep the rules about settings; what they break is listed with why."""

from datetime import UTC, datetime

import pytest
import yaml

from policies.finding import Gate, Verdict
from policies.judge import judge
from policies.rule import Action
from policies.subject import Subject
from sen.local.configuration import prepare
from sen.local.control_plane import etcd, kube_apiserver, kube_controller_manager, kube_scheduler
from sen.local.platform import Platform
from sen.local.record import Record, save

# Thirty days on the machine; nothing keeps the log of a local platform longer.
SHORT_LOG = "api-server-audit-retention"
# A platform on one machine has no HSM: its key lies in a file of its own.
NO_HSM = "encryption-key-outside"
LISTENERS = ("etcd", "etcd-peer", "kube-apiserver", "kube-controller-manager", "kube-scheduler")
RECORD = Record(ports={name: 20000 + at for at, name in enumerate(LISTENERS)})


@pytest.fixture(scope="module")
def platform_of_files(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("home")))
        platform = Platform("rules")
        platform.state.mkdir(parents=True, mode=0o700)
        save(platform.record_file, RECORD)
        prepare(platform, datetime.now(UTC))
        yield platform


def broken(thing, action, level=5):
    subject = Subject(thing, level)
    found = judge().findings(subject, Gate.FILES)
    assert found, thing["kind"]
    assert {each.verdict for each in found} <= {
        Verdict.PASS,
        Verdict.FAIL,
        Verdict.NOT_APPLICABLE,
    }
    return {each.rule for each in found if each.verdict is Verdict.FAIL and each.action is action}


def settings(platform, name):
    return yaml.safe_load((platform.config / f"{name}.yaml").read_text("utf-8"))


@pytest.mark.parametrize(
    ("name", "warned"),
    [("audit-policy", set()), ("authentication", set()), ("encryption", {NO_HSM})],
)
def test_settings_file_is_refused_by_no_rule(platform_of_files, name, warned):
    thing = settings(platform_of_files, name)

    assert broken(thing, Action.DENY) == set()
    assert broken(thing, Action.WARN) == warned


def arguments(part):
    pairs = (argument.removeprefix("--").split("=", 1) for argument in part.arguments)
    return [{"name": name, "value": value} for name, value in pairs]


@pytest.fixture(scope="module")
def cluster(platform_of_files):
    given = (platform_of_files, RECORD)
    return {
        "apiVersion": "kubeadm.k8s.io/v1beta4",
        "kind": "ClusterConfiguration",
        "apiServer": {"extraArgs": arguments(kube_apiserver(*given))},
        "controllerManager": {"extraArgs": arguments(kube_controller_manager(*given))},
        "scheduler": {"extraArgs": arguments(kube_scheduler(*given))},
        "etcd": {"local": {"extraArgs": arguments(etcd(*given))}},
    }


def test_flags_of_the_control_plane_break_only_what_is_known(cluster):
    assert broken(cluster, Action.DENY) == {SHORT_LOG}
    assert broken(cluster, Action.WARN) == set()


def test_flags_of_the_control_plane_would_do_at_level_2(cluster):
    assert broken(cluster, Action.DENY, level=2) == set()

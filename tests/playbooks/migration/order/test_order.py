"""Orders name endpoints and sites; what is wrong in one is told by its place and a reason."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import textwrap
from pathlib import Path

import pytest
import yaml

from playbooks.migration.cutover.endpoint import Side
from playbooks.migration.cutover.gates import Rehearsal
from playbooks.migration.endpoint import FrontEndpoint, HostsEndpoint, ZoneEndpoint
from playbooks.migration.host import HostMove
from playbooks.migration.order import WaveOrder, cluster, read_order
from playbooks.migration.order.ends import FolderEnd
from playbooks.migration.order.journeys import Asked, gates, journey, parts
from playbooks.migration.order.leading import Leading, endpoint
from playbooks.migration.order.place import place
from playbooks.migration.order.program import ProgramEndpoint
from playbooks.migration.order.rehearse import rehearse
from playbooks.migration.part import steps_of
from playbooks.migration.steps import Journal, Run
from playbooks.migration.web.move import WebMove
from playbooks.migration.wipe import Wipe
from stacks.problem import ProblemError
from tests.ssh import ssh_leads_here

ROOT = Path(__file__).resolve().parents[4]
NOW = dt.datetime(2026, 12, 5, 16, tzinfo=dt.UTC)
PROGRAM = {"ask": ["side"], "old": ["side", "old"], "closed": ["side", "closed"], "new": ["s", "n"]}
FILE = {"host": "10.1.2.9", "path": "/etc/nginx/conf.d/portal.conf"}
FRONT = {
    "kind": "front",
    "file": FILE,
    "name": "dvc.hanoi.gov.vn",
    "old": "http://10.1.2.12:80",
    "new": "http://10.9.8.12:80",
}
ADDRESSES = {"old": "10.1.2.12", "closed": "10.1.2.9", "new": "10.9.8.12"}
HOSTS = {"kind": "hosts", "file": FILE, "name": "portal", **ADDRESSES}
ZONE = {"kind": "zone", "file": FILE, "name": "dvc", "reload": ["true"], **ADDRESSES}
SITE = {
    "name": "portal",
    "source": {"host": "10.1.2.12", "path": "/var/www/portal"},
    "target": {"host": "10.9.8.12", "path": "/srv/portal"},
    "site": "dvc.hanoi.gov.vn",
    "settings": [{"file": "config.php", "words": {"latin1": "utf8"}}],
}
HOST = {
    "name": "kho",
    "source": {"host": "10.1.2.13"},
    "target": {"host": "10.9.8.13"},
    "overwrites": "new-kho",
}
WIPE = {
    "name": "old",
    "source": {"host": "10.1.2.13"},
    "confirm": "old-kho",
    "backup": "restic 4f2a",
    "folders": ["/srv/not-there-at-all"],
}
RECORDS = "$TTL 86400\n@ IN SOA ns. admin. (\n 7 3600 600 604800 300 )\ndvc IN A 10.1.2.12\n"


def order(led, **changes) -> WaveOrder:
    system = {"system": "portal", "tenant": "h26-portal-production", "web": [SITE]}
    return WaveOrder.model_validate(
        {
            "wave": "w1",
            "start": NOW.isoformat(),
            "end": (NOW + dt.timedelta(hours=6)).isoformat(),
            "systems": [{**system, "endpoint": led, **changes}],
        }
    )


@pytest.fixture
def here(tmp_path, monkeypatch):
    """Let ssh lead to this machine, and give a file there."""
    ssh_leads_here(tmp_path, monkeypatch)
    return tmp_path / "file"


def asked(folder, now=NOW) -> Asked:
    good = [Rehearsal(NOW, passed=True, downtime=1.0, plan="")]
    return Asked(folder, lambda *_: None, lambda: now, list, lambda _name: good)


@pytest.mark.parametrize(
    ("led", "kind"),
    [
        (PROGRAM, ProgramEndpoint),
        ({"kind": "program", **PROGRAM}, ProgramEndpoint),
        (FRONT, FrontEndpoint),
        (HOSTS, HostsEndpoint),
        (ZONE, ZoneEndpoint),
    ],
)
def test_an_order_names_what_leads_people(led, kind, tmp_path):
    found = order(led)

    assert isinstance(journey(found, found.systems[0], asked(tmp_path)).endpoint, kind)
    assert WaveOrder.model_validate(found.model_dump(mode="json")) == found


@pytest.mark.parametrize(
    ("led", "where"),
    [
        ({"kind": "magic"}, "endpoint"),
        ({**FRONT, "old": "10.1.2.12"}, "endpoint.front.old"),
        ({**FRONT, "name": "x; include y"}, "endpoint.front.name"),
        ({**ZONE, "reload": []}, "endpoint.zone.reload"),
        ({**HOSTS, "new": "portal"}, "endpoint.hosts.new"),
        ({"ask": ["side"]}, "endpoint.program.old"),
    ],
)
def test_what_is_wrong_with_an_endpoint_is_told_by_its_place(led, where, tmp_path):
    content = json.loads(order(PROGRAM).model_dump_json())
    content["systems"][0]["endpoint"] = led
    file = tmp_path / "wave.yaml"
    file.write_text(yaml.safe_dump(content), "utf-8")

    with pytest.raises(ProblemError) as caught:
        read_order(file)

    assert f"{file}: systems.0.{where}" in {each.thing for each in caught.value.problems}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"settings": [{"file": "config.php"}]}, "either words"),
        ({"settings": [{"file": "a", "words": {"": "x"}}]}, "empty word"),
        ({"settings": [{"file": "a", "words": {"x": "y"}}] * 2}, "named twice"),
        ({"root": "../other"}, "within"),
        ({"site": "x; include y"}, "pattern"),
    ],
)
def test_a_site_that_cannot_be_is_refused_with_a_reason(changes, reason):
    with pytest.raises(ValueError, match=reason):
        order(PROGRAM, web=[{**SITE, **changes}])


def test_a_site_is_a_part_and_an_endpoint_of_ours_is_asked_before_all(tmp_path):
    leading, site = parts(order(FRONT).systems[0], tmp_path)

    assert isinstance(leading, Leading)
    assert isinstance(site, WebMove)
    assert [type(each) for each in parts(order(PROGRAM).systems[0], tmp_path)] == [WebMove]


def test_a_front_shows_the_page_and_its_certificate(here):
    led = {**FRONT, "file": {"host": "front", "path": str(here)}, "title": "Cổng dịch vụ"}
    system = order({**led, "listen": "443 ssl", "certificate": ["/c.pem", "/k.pem"]}).systems[0]
    found = endpoint(system.endpoint, "portal", system.tenant)

    assert "ssl_certificate /c.pem;" in found.text(Side.CLOSED)
    assert "Cổng dịch vụ" in found.text(Side.CLOSED)
    assert found.side() is Side.OLD


def test_a_zone_lives_shortly_long_enough_before_the_switch(here, tmp_path):
    here.write_text(RECORDS, "utf-8")
    wave = order({**ZONE, "file": {"host": "ns", "path": str(here)}, "check": ["test", "-s"]})
    here_now = asked(tmp_path)
    (gate,) = (g for g in gates(wave, wave.systems[0], here_now) if g.name == "ttl")
    assert "fill first" in gate.closed()
    steps = steps_of(parts(wave.systems[0], tmp_path)[:1], "fill")
    journal = Journal(tmp_path / "w1/portal/fill.jsonl")

    Run("w1/portal", steps, journal, lambda *_: None, now=lambda: NOW).forward()

    assert "dvc 60 IN A 10.1.2.12" in here.read_text("utf-8")
    assert "2026-12-06T16:00" in gate.closed()
    later = asked(tmp_path, NOW + dt.timedelta(seconds=86400))
    (gate,) = (g for g in gates(wave, wave.systems[0], later) if g.name == "ttl")
    assert gate.closed() is None


def test_a_rehearsal_asks_the_endpoint_and_changes_nothing(here):
    here.write_text(RECORDS, "utf-8")
    wave = order({**ZONE, "file": {"host": "ns", "path": str(here)}})
    leading = parts(wave.systems[0], here.parent)[0]

    assert rehearse("w1/portal", [leading], lambda *_: None) == 0
    assert here.read_text("utf-8") == RECORDS
    here.write_text("", "utf-8")
    with pytest.raises(ProblemError):
        rehearse("w1/portal", [leading], lambda *_: None)


def test_a_cluster_that_cannot_be_asked_is_told(tmp_path):
    led = {"kind": "service", "service": "portal", "kubeconfig": str(tmp_path / "none")}
    system = order(led).systems[0]

    with pytest.raises(ProblemError) as caught:
        endpoint(system.endpoint, "portal", system.tenant).side()

    assert caught.value.problems[0].thing == "h26-portal-production/portal"


def test_a_service_of_the_tenant_is_read_and_patched(monkeypatch, tmp_path):
    selector = {"app": "portal"}

    class Services:
        def read_namespaced_service(self, name, namespace):
            assert (name, namespace) == ("portal", "h26-portal-production")
            spec = type("Spec", (), {"selector": selector})
            return type("Service", (), {"spec": spec})

        def patch_namespaced_service(self, _name, _namespace, body):
            selector.update(body["spec"]["selector"])

    monkeypatch.setattr(cluster, "_services", lambda *_: Services())
    led = {"kind": "service", "service": "portal", "kubeconfig": str(tmp_path / "mine")}
    system = order(led).systems[0]
    found = endpoint(system.endpoint, "portal", system.tenant)

    found.point(Side.NEW)

    assert found.side() is Side.NEW
    assert selector == {"app": "portal", "sen.gov.vn/side": "new"}


@pytest.mark.parametrize("page", ["move-a-system.md", "move-a-system.vi.md"])
def test_the_orders_of_the_handbook_are_orders(page):
    text = (ROOT / "docs" / "how-to" / page).read_text("utf-8")
    whole, *more = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    content = yaml.safe_load(whole)
    for each in more:
        content["systems"][0] |= yaml.safe_load(textwrap.dedent(each))

    found = parts(WaveOrder.model_validate(content).systems[0], ROOT)

    assert [type(each) for each in found[-3:]] == [WebMove, HostMove, Wipe]


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"host": [{**HOST, "overwrites": "new kho"}]}, "host.0.overwrites"),
        ({"host": [{**HOST, "leave_out": ["srv"]}]}, "host.0.leave_out.0"),
        ({"host": [{**HOST, "target": {"host": "b", "path": "/srv"}}]}, "host.0.target.path"),
        ({"wipe": [{**WIPE, "folders": ["/usr/bin"]}]}, "wipe.0.folders.0"),
        ({"wipe": [{**WIPE, "folders": []}]}, "wipe.0"),
        ({"web": [], "wipe": [WIPE]}, "systems.0"),
        ({"wipe": [{**WIPE, "name": "portal"}]}, "systems.0"),
    ],
)
def test_a_host_that_moves_and_what_is_wiped_is_told_by_its_place(changes, where, tmp_path):
    content = json.loads(order(PROGRAM).model_dump_json())
    content["systems"][0] |= changes
    file = tmp_path / "wave.yaml"
    file.write_text(yaml.safe_dump(content), "utf-8")

    with pytest.raises(ProblemError) as caught:
        read_order(file)

    assert caught.value.problems[0].thing.endswith(where)


def test_what_is_wiped_is_looked_at_in_a_rehearsal_and_not_touched(here, tmp_path):
    name = os.uname().nodename
    system = order(PROGRAM, wipe=[{**WIPE, "confirm": name}]).systems[0]
    *_, wipe = parts(system, tmp_path)

    with pytest.raises(ProblemError) as caught:
        rehearse("w1/portal", [wipe], lambda *_: None)

    assert [each.key for each in caught.value.problems] == ["wipe-lacking"]


def test_calls_to_one_login_share_a_connection_where_nobody_else_can_reach_it(
    tmp_path, monkeypatch
):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    ends = [
        FolderEnd(host=host, path=path) for host, path in (("a", "/x"), ("a", "/y"), ("b", "/x"))
    ]

    first, second, other = (dict(place(end).remote.options)["ControlPath"] for end in ends)

    assert first == second != other
    (folder,) = tmp_path.iterdir()
    assert folder.stat().st_mode & 0o777 == 0o700
    folder.chmod(0o755)
    assert place(ends[0]).remote.options == ()

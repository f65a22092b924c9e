"""An application goes from Apache on an old host to nginx on a new one, and back, and over."""

from __future__ import annotations

import dataclasses
import datetime as dt

import httpx
import pytest

from playbooks.migration.cutover.endpoint import Side
from playbooks.migration.order import WaveOrder
from playbooks.migration.order.journeys import Asked, journey
from playbooks.migration.order.rehearse import rehearse
from stacks.problem import ProblemError
from tests.playbooks.migration.web.conftest import GREETING, OLD_SECRET

pytestmark = [pytest.mark.hosts, pytest.mark.xdist_group("hosts")]
DVC = "dvc.hanoi.gov.vn"
NOW = dt.datetime(2026, 12, 5, 16, tzinfo=dt.UTC)


def wave(room, folder, name, **changes) -> WaveOrder:
    """Give the order for the application: everything that an order can ask of a site."""
    old, new, front = (room.machines[name].address for name in ("old", "new", "front"))
    ends = {"ssh_config": str(room.ssh_config)}
    (folder / "old.secret").write_text(f"{OLD_SECRET}\n", "utf-8")
    (folder / "new.secret").write_text("new-says-open\n", "utf-8")
    site = {
        "name": "portal",
        "source": {"host": old, "path": f"/var/www/{name}", **ends},
        "target": {"host": new, "path": f"/srv/{name}", **ends},
        "site": f"{name}.hanoi.gov.vn",
        "text": [{"files": ["*.php"], "encoding": "tcvn3"}],
        "settings": [
            {
                "file": "config.php",
                "words": {"old-db": "new-db", "x-sen-tcvn3": "utf-8"},
                "secrets": [
                    {
                        "old_file": str(folder / "old.secret"),
                        "new_file": str(folder / "new.secret"),
                    }
                ],
            }
        ],
        "cron": [
            {
                "file": f"/etc/cron.d/{name}",
                "words": {f"/var/www/{name}": f"/srv/{name}"},
                "without": ["mysqldump"],
            }
        ],
        "old_site": {"file": f"/etc/apache2/sites-enabled/{name}.conf", "unit": "apache2"},
        "mail": {"relay": "127.0.0.1", "port": 2525, "sender": "portal@hanoi.test", "tls": False},
        "sessions": "carried",
        "drain_seconds": 5,
    }
    system = {
        "system": "portal",
        "tenant": "h26-portal-production",
        "web": [{**site, **changes}],
        "endpoint": {
            "kind": "front",
            "file": {"host": front, "path": f"/etc/nginx/conf.d/{name}.conf", **ends},
            "name": f"{name}.hanoi.gov.vn",
            "old": f"http://{old}:80",
            "new": f"http://{new}:80",
        },
        "smoke": [
            {"url": f"http://{new}/", "host": f"{name}.hanoi.gov.vn", "contains": [GREETING]}
        ],
    }
    return WaveOrder.model_validate(
        {
            "wave": "w1",
            "start": NOW.isoformat(),
            "end": (NOW + dt.timedelta(hours=6)).isoformat(),
            "systems": [system],
        }
    )


def asked(folder) -> Asked:
    return Asked(folder, lambda *_: None, lambda: NOW, list, lambda _name: [])


def going(room, folder, name, **changes):
    order = wave(room, folder, name, **changes)
    return dataclasses.replace(journey(order, order.systems[0], asked(folder)), gates=())


def person(room, name):
    """Give somebody with a browser, who knows the front."""
    address = f"http://{room.machines['front'].address}"
    host = {"Host": f"{name}.hanoi.gov.vn"}
    return httpx.Client(base_url=address, headers=host, trust_env=False)


def test_the_whole_way_over_and_back_and_over(room, tmp_path):
    way = going(room, tmp_path, "dvc")
    way.endpoint.point(Side.OLD)
    with person(room, "dvc") as binh:
        assert b"old-db 1" in binh.get("/").content
        assert way.fill().facts["portal: rewrite"]["encodings"] == {"tcvn3": 1, "ascii": 2}
        assert _timer(room) == "inactive"

        over = way.cut_over()

        assert over.facts["verify"]["good"] is True
        _on_the_new_side(room, binh.get("/?put=written-new&mail=1").text)
        way.roll_back()

        assert b"old-db 3" in binh.get("/?put=written-old").content
        assert OLD_SECRET in room.inside("old", "cat /var/www/dvc/config.php /etc/cron.d/dvc")
        assert room.inside("old", "cat /var/www/dvc/uploads/written-new") == "x"
        assert _timer(room) == "inactive"
        way.cut_over()

        assert GREETING in binh.get("/").text
        assert room.inside("new", "cat /srv/dvc/uploads/written-old") == "x"
        way.finish()


def test_a_switch_whose_site_answers_otherwise_is_taken_back_after_a_good_rehearsal(room, tmp_path):
    more = {
        "certificate": {"copied": ["/etc/portal/ssl/portal.crt", "/etc/portal/ssl/portal.key"]},
        "answers": [{}, {"path": "/uploads/first", "status": 418}],
        "sessions": "end",
    }
    way = going(room, tmp_path, "motcua", **more)
    assert rehearse("w1/portal", way.parts, lambda *_: None) > 0
    assert "motcua" not in room.inside("new", "ls /srv /etc/nginx/conf.d")
    way.endpoint.point(Side.OLD)
    way.fill()

    with pytest.raises(ProblemError) as caught:
        way.cut_over()

    assert "/uploads/first: 200, not 418" in str(caught.value)
    with person(room, "motcua") as binh:
        assert b"old-db 1" in binh.get("/").content
    assert room.inside("old", "cat /etc/cron.d/motcua")
    assert "motcua" not in room.inside("new", "ls /etc/nginx/conf.d")


def _on_the_new_side(room, text: str) -> None:
    """See that text, settings, session and jobs came, and that the old side is closed."""
    assert f"{GREETING}: new-db 2" in text
    assert "bool(true)" in text
    assert "From: portal@hanoi.test" in room.inside("new", "cat /run/mail")
    assert "new-says-open" in room.inside("new", "cat /srv/dvc/config.php")
    assert _timer(room) == "active"
    room.inside("new", f"systemctl start sen-{DVC}-1.service && cat /srv/dvc/uploads/job")
    assert not room.inside("old", "ls /etc/cron.d/dvc 2>/dev/null || true")
    old = f"http://{room.machines['old'].address}/"
    httpx.get(old, params={"put": "too-late"}, headers={"Host": DVC}, trust_env=False)
    assert "too-late" not in room.inside("old", "ls /var/www/dvc/uploads")


def _timer(room) -> str:
    return room.inside("new", f"systemctl is-active sen-{DVC}-1.timer || true")

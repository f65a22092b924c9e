"""Names, fronts and services lead to one side, say which, and may be pointed again."""

from __future__ import annotations

import pytest

from playbooks.migration.cutover.endpoint import Side
from playbooks.migration.endpoint import (
    FrontEndpoint,
    HostsEndpoint,
    ServiceEndpoint,
    ZoneEndpoint,
)
from playbooks.migration.endpoint.onhost import HostFile
from playbooks.migration.files import FilesPlace
from stacks.problem import ProblemError
from stacks.remote import Remote
from tests.ssh import ssh_leads_here

ADDRESSES = {Side.OLD: "10.0.0.1", Side.NEW: "10.0.0.2", Side.CLOSED: "10.0.0.3"}
ZONE = """$TTL 86400
@ IN SOA ns.hanoi.gov.vn. admin.hanoi.gov.vn. (
    2026112201 3600 600 604800 300 )
www 3600 IN A 10.0.0.1
mail IN A 10.0.0.9
"""


@pytest.fixture
def file(tmp_path, monkeypatch):
    ssh_leads_here(tmp_path, monkeypatch)
    path = tmp_path / "file"
    place = FilesPlace(Remote("front"), str(path), as_root=False)
    reload = f"echo reload >> {tmp_path}/said"
    return path, HostFile(place, check=f"! grep -q nonsense {path}.sen", reload=reload)


def front(host_file: HostFile, **more) -> FrontEndpoint:
    sides = {Side.OLD: "http://10.0.0.1:80", Side.NEW: "http://10.0.0.2:8080"}
    return FrontEndpoint(host_file, "dvc.hanoi.gov.vn", sides, **more)


def test_a_front_leads_where_it_is_pointed_however_often(file):
    path, host_file = file
    end = front(host_file, system="Cổng dịch vụ công")
    assert end.side() is Side.OLD

    for side in (Side.OLD, Side.CLOSED, Side.CLOSED, Side.NEW):
        end.point(side)
        assert end.side() is side

    assert "proxy_pass http://10.0.0.2:8080;" in path.read_text("utf-8")
    assert (path.parent / "said").read_text().count("reload") == 4
    assert not path.with_name("file.sen").exists()


def test_the_page_asks_for_patience_in_both_languages(file):
    text = front(file[1], system="Cổng 'một cửa' $x", seconds=300).text(Side.CLOSED)

    assert "return 503" in text
    assert "Retry-After 300 always" in text
    assert "Xin vui lòng thử lại sau khoảng 5 phút" in text
    assert "Please try again" in text
    assert text.count("'") == 2
    assert "$x" not in text


def test_settings_that_the_front_refuses_leave_the_old_ones(file):
    path, host_file = file
    front(host_file).point(Side.OLD)
    before = path.read_text("utf-8")

    with pytest.raises(ProblemError):
        front(host_file, extra="    nonsense;\n").point(Side.NEW)

    assert path.read_text("utf-8") == before


def test_an_address_is_no_place_for_settings(file):
    with pytest.raises(ProblemError) as caught:
        FrontEndpoint(file[1], "x; include /etc/shadow", {})

    assert caught.value.problems[0].key == "endpoint-bad-address"


def test_a_line_of_hosts_changes_and_other_names_stay(file):
    path, host_file = file
    path.write_text("127.0.0.1 localhost\n10.0.0.1 db.old portal # cũ\n", "utf-8")
    end = HostsEndpoint(host_file, "portal", ADDRESSES)
    assert end.side() is Side.OLD

    end.point(Side.NEW)
    end.point(Side.NEW)

    assert end.side() is Side.NEW
    assert path.read_text() == "127.0.0.1 localhost\n10.0.0.1 db.old\n10.0.0.2 portal\n"


def test_a_name_that_leads_elsewhere_is_not_guessed(file):
    path, host_file = file
    path.write_text("10.9.9.9 portal\n", "utf-8")

    with pytest.raises(ProblemError) as caught:
        HostsEndpoint(host_file, "portal", ADDRESSES).side()

    assert caught.value.problems[0].key == "endpoint-elsewhere"


def test_a_zone_lives_short_before_the_switch_and_gets_new_serials(file):
    path, host_file = file
    path.write_text(ZONE, "utf-8")
    end = ZoneEndpoint(host_file, "www", ADDRESSES)

    assert end.prepare() == 3600
    assert end.prepare() == 60
    assert "www 60 IN A 10.0.0.1" in path.read_text()
    end.point(Side.CLOSED)
    end.point(Side.NEW)
    end.point(Side.NEW)

    assert end.side() is Side.NEW
    assert "2026112204" in path.read_text()
    assert "mail IN A 10.0.0.9" in path.read_text()


def test_a_zone_without_the_record_is_told(file):
    file[0].write_text("$TTL 300\n", "utf-8")

    with pytest.raises(ProblemError) as caught:
        ZoneEndpoint(file[1], "www", ADDRESSES).side()

    assert caught.value.problems[0].key == "endpoint-no-record"


def test_a_service_changes_its_selector_once():
    selector, said = {"app": "portal"}, []

    def patch(change):
        said.append(dict(change))
        selector.update(change)

    end = ServiceEndpoint(lambda: selector, patch)
    assert end.side() is Side.OLD
    end.point(Side.NEW)
    end.point(Side.NEW)

    assert end.side() is Side.NEW
    assert said == [{"sen.gov.vn/side": "new"}]

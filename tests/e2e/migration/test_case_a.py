"""Case (a): a citizens' portal of two neglected hosts goes to a tenant, back, and over for good."""

from __future__ import annotations

import os
import re

import pytest

from sen import local
from sen.local.platform import Platform
from tests.demo_migration.hosts import NEW, room
from tests.demo_migration.order import LEVEL
from tests.demo_migration.portal import furnish
from tests.demo_migration.scenario import Case
from tests.hosts.required import require_hosts, require_playing
from tests.platform_fixture import as_admin

pytestmark = [
    pytest.mark.hosts,
    pytest.mark.platform,
    pytest.mark.xdist_group("hosts"),
    pytest.mark.timeout(1800),
]
TENANT = "h26-00070-one-stop-shop-production"
CITIZENS, PAPERS = 3000, 40
# Of the nine, those that take seconds: the tests of the roles try all of them.
SHORT = ("kernel", "ssh_baseline", "firewall")
ROLES = () if os.environ.get("SEN_TESTS_SLOW") == "1" else SHORT


@pytest.fixture(scope="module")
def platform(tools):
    mine = Platform(f"casea{os.getpid()}")
    local.up(mine, fsync=False)
    body = {"metadata": {"name": TENANT, "labels": {"sen.gov.vn/agency": "H26"}}}
    as_admin(mine).ask("POST", "/api/v1/namespaces", body)
    yield mine
    local.reset(mine)


@pytest.fixture(scope="module")
def case(platform, tmp_path_factory):
    """Go the whole way once."""
    require_hosts()
    require_playing()
    with room(tmp_path_factory.mktemp("room")) as hosts:
        furnish(hosts, CITIZENS, PAPERS)
        out = tmp_path_factory.mktemp("out")
        found = Case(hosts, platform, out, TENANT, CITIZENS, roles=ROLES, writes=5)
        found.go()
    return found


def test_nothing_that_was_received_is_lost_on_either_side(case):
    assert [each.side for each in case.proofs] == ["new", "old", "new", "new"]
    assert [each.lost for each in case.proofs] == [()] * 4
    assert [each.requests for each in case.proofs] == sorted(each.requests for each in case.proofs)
    assert case.proofs[0].papers > 0
    charsets = [sent.charset for sent in case.ledger]
    assert {"x-sen-tcvn3", "utf-8"} == set(charsets), "people wrote on both sides"


def test_every_name_is_what_the_citizen_is_called(case):
    assert [each.garbled for each in case.proofs] == [()] * 4
    assert {each.citizens for each in case.proofs} == {CITIZENS}


def test_the_new_hosts_came_to_their_level_and_the_report_says_so(case):
    levels = case.levels()
    page = (case.out / "report.html").read_text("utf-8").replace("<wbr>", "")
    words = " ".join(re.sub(r"<[^>]+>", " ", page).split())

    assert set(levels) == set(NEW)
    for host, (before, after) in levels.items():
        assert after + 10 < before, host
        assert f"{host} {LEVEL} {before} {after} " in words


def test_people_saw_the_page_that_asks_for_patience_and_no_other_failure(case):
    assert set(case.downtime) == {"cutover", "rollback", "cutover again"}
    assert all(seconds > 0 for seconds in case.downtime.values())
    assert case.unexpected == []

"""Many desks: few calls, none in vain twice, and only what the person's own calls gave is shown."""

from __future__ import annotations

from collections import Counter

import httpx
import pytest

from sen.portal import survey
from sen.portal.cluster import Cluster
from sen.portal.lines import requests_at
from sen.portal.person import admitted
from sen.portal.reach import near, near_desks, reach
from sen.portal.reading import Rules, own_agencies
from sen.portal.refusal import UnreachableError
from sen.tenancy.desk import desk_of
from stacks.models.agency import agencies
from tests.sen.portal.conftest import API, BINH
from tests.sen.portal.fake_server import REVIEW, status

HEAD, OFFICIAL = "binh.tran@hanoi.gov.vn", "an.nguyen@hanoi.gov.vn"
WARDS = agencies().children("H26")
READ = ["get", "list", "watch"]


@pytest.fixture
def voice(settings):
    cluster = Cluster(settings().access)
    return lambda user, *groups: cluster.speak_for(admitted(user, groups))


@pytest.fixture
def head(server, voice):
    """Ha Noi's head reads requests in every ward, and nothing else there."""
    for agency in near(own_agencies(admitted(HEAD, ["h26-heads"]))):
        server.verbs[(desk_of(agency.code), HEAD)] = [*READ, "approve-superior"]
    server.closed = {"/tenants", "/waivers", "/sharingagreements"}
    return voice(HEAD, "h26-heads")


@pytest.fixture
def official(server, voice):
    """An official of Ha Noi, whom no ward lets read anything."""
    server.closed = {"/namespaces/h26-0", "/namespaces/h26-1"}
    server.verbs[(desk_of("H26"), OFFICIAL)] = READ
    return voice(OFFICIAL, "h26-requesters")


def kinds_of_calls(server):
    return Counter(each.url.path.rpartition("/")[2] for each in server.seen)


def put(server, agency, name="a"):
    at = f"{API}/namespaces/{desk_of(agency)}/tenantrequests/{name}"
    server.objects[at] = {"metadata": {"name": f"{agency}-{name}"}}


def test_who_reads_the_desks_lists_each_once_for_all_pages(server, head, runner):
    put(server, WARDS[7].code)

    async def pages():
        return await requests_at(head, WARDS), await requests_at(head, WARDS[5:9])

    every, some = runner.run(pages())

    assert [len(each) for each in (every, some)] == [len(WARDS), 4]
    assert every[WARDS[7].code][0]["metadata"]["name"] == f"{WARDS[7].code}-a"
    assert kinds_of_calls(server) == {"tenantrequests": len(WARDS)}


def test_head_finds_at_once_what_was_asked_after_the_first_page_was_opened(browser, server, asked):
    binh = browser(BINH)
    for path in ("/", "/agencies/H26/under", "/inbox"):
        assert "/requests/H26/portal-staging" not in binh.get(path).text

    asked()

    assert "/requests/H26/portal-staging" in binh.get("/inbox").text


def test_who_reads_none_is_asked_once_for_all_kinds(server, official, runner):
    async def pages():
        found = [await near_desks(official, "tenants", official.items)]
        found += [await reach(official, each) for each in ("waivers", "sharingagreements")]
        return found, await requests_at(official, WARDS)

    found, requests = runner.run(pages())

    assert [list(each.by_agency) for each in found] == [["H26"]] * 3
    assert requests == {}
    calls = kinds_of_calls(server)
    assert calls.pop(REVIEW) == len(WARDS)
    # The first desks are tried once; else the person's own is read, and all at once is tried.
    assert calls == {
        "tenants": survey.FIRST,
        "waivers": 2,
        "sharingagreements": 2,
    }


def test_desk_that_lets_one_read_is_shown_also_among_many_that_do_not(server, official, runner):
    far = WARDS[-1]
    server.closed = {f"/{desk_of(each.code)}/" for each in WARDS[:-1]}
    server.verbs[(desk_of(far.code), OFFICIAL)] = READ
    put(server, far.code)

    found = runner.run(requests_at(official, WARDS))

    assert list(found) == [far.code]


def test_rules_that_allow_what_the_server_refuses_show_nothing(server, official, runner):
    """What is learned says where not to ask; what is shown is what the person's own call gave."""
    for each in WARDS:
        server.verbs[(desk_of(each.code), OFFICIAL)] = ["*"]
        put(server, each.code)

    assert runner.run(requests_at(official, WARDS)) == {}


def test_rules_that_are_not_all_hide_nothing(server, official, runner, monkeypatch):
    """A cluster may have an authorizer that allows more than it tells."""
    far = WARDS[-1]
    server.closed = {f"/{desk_of(each.code)}/" for each in WARDS[:-1]}
    put(server, far.code)
    none = httpx.Response(201, json={"status": {"resourceRules": [], "incomplete": True}})
    monkeypatch.setattr(server, "_review", lambda *_: none)

    assert list(runner.run(requests_at(official, WARDS))) == [far.code]


def test_where_one_may_not_ask_for_rules_the_desk_itself_says(
    server, official, runner, monkeypatch
):
    far = WARDS[-1]
    server.closed = {f"/{desk_of(each.code)}/" for each in WARDS[:-1]}
    put(server, far.code)
    monkeypatch.setattr(server, "_review", lambda *_: status(403, "Forbidden", "may not"))

    assert list(runner.run(requests_at(official, WARDS))) == [far.code]


def test_what_one_person_was_refused_hides_nothing_from_another(server, official, voice, runner):
    runner.run(requests_at(official, WARDS))
    server.closed = set()

    found = runner.run(requests_at(voice(HEAD, "h26-heads"), WARDS))

    assert len(found) == len(WARDS)


def test_refusals_are_asked_anew_after_a_quarter_of_an_hour(server, official, runner, monkeypatch):
    now = [1000.0]
    monkeypatch.setattr("sen.portal.memory.time.monotonic", lambda: now[0])
    runner.run(near_desks(official, "tenants", official.items))
    before = len(server.seen)

    runner.run(near_desks(official, "tenants", official.items))
    assert [each.url.path for each in server.seen[before:]] == [
        f"{API}/namespaces/{desk_of('H26')}/tenants"
    ]
    now[0] += survey.CLOSED_SECONDS + 1
    server.closed = set()

    assert len(runner.run(near_desks(official, "tenants", official.items)).by_agency) > len(WARDS)


def test_rules_speak_for_a_kind_by_its_name_or_by_a_star():
    rule = {"apiGroups": ["sen.gov.vn"], "resources": ["tenants"], "verbs": ["list"]}
    core = {"apiGroups": [""], "resources": ["*"], "verbs": ["*"]}
    every = {"apiGroups": ["*"], "resources": ["*"], "verbs": ["get"]}

    def verbs(*rules):
        return [sorted(Rules(rules, whole=True).verbs(each)) for each in ("tenants", "waivers")]

    assert verbs(rule, core) == [["list"], []]
    assert verbs(rule, every) == [["get", "list"], ["get"]]


def test_question_that_the_server_was_too_busy_for_is_asked_again(server, official, runner):
    answers = iter([httpx.ReadTimeout("late"), None])
    calm = server._review

    def busy(*words):
        if (error := next(answers)) is not None:
            raise error
        return calm(*words)

    server._review = busy

    found = runner.run(survey.rules_at(official, agencies().get("H26")))

    assert "list" in found.verbs("tenantrequests")


def test_request_that_is_made_is_never_sent_twice(server, official, runner):
    server.down = True
    with pytest.raises(UnreachableError):
        runner.run(official.create(f"{API}/namespaces/x/tenantrequests", {}))

    assert len(server.seen) == 1

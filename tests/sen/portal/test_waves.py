"""Migration waves: all for the platform's people, for others those with something of theirs."""

from __future__ import annotations

import json

import httpx
import pytest

from sen.portal.waves import LEAST, Own, placed
from tests.sen.portal.conftest import AN, API, DESK, GIANG
from tests.sen.portal.thing import tenant

DUNG = "dung.pham@sen.gov.vn"
HOME = f"{API}/namespaces/sen-system/migrationwaves"
ROW = '<tr><th scope="row">'


def wave(name, starts="2026-12-05T13:00:00Z", ends="2026-12-05T20:00:00Z", *, phase=None, **spec):
    systems = [
        {"id": "portal", "tenant": "h26-portal-staging", "reason": "Dùng chung cơ sở dữ liệu"},
        {"id": "tax", "tenant": "h29-tax-production"},
    ]
    bridges = [
        {"source": "portal", "target": "archive", "kind": "strong", "why": "tra cứu"},
        {"source": "tax", "target": "ledger", "kind": "weak"},
    ]
    given = {"plan": "north", "window": "night-1", "systems": systems, "bridges": bridges}
    met = {"type": "Approved", "status": "True", "reason": "Approved", "message": "agreed: tax"}
    times = {"lastTransitionTime": "2026-12-01T00:00:00Z"}
    return {
        "metadata": {"name": name, "namespace": "sen-system"},
        "spec": {**given, "starts": starts, "ends": ends, **spec},
        "status": {"phase": phase, "moved": 1, "conditions": [{**met, **times}]},
    }


@pytest.fixture
def planned(server, asked):
    """Put two waves down; An may read the first, the platform's people both, Giang none."""
    server.objects[f"{HOME}/w1"] = wave("w1", phase="Held")
    server.objects[f"{HOME}/w2"] = wave("w2", "2027-01-05T13:00:00Z", "2027-01-05T20:00:00Z")
    server.objects[f"{DESK}/tenants/a"] = tenant(asked(), "h26-portal-staging")
    server.closed.add("h29-desk")
    answer, may = server._answer, {AN: ["w1"], DUNG: None}

    def guarded(request):
        user = request.headers.get("Impersonate-User", "")
        if request.url.path.endswith("rulesreviews") and b"sen-system" in request.content:
            return httpx.Response(201, json={"status": {"resourceRules": rules(may.get(user))}})
        if request.url.path.startswith(HOME):
            name = request.url.path.removeprefix(HOME).strip("/")
            if may.get(user, []) is not None and name not in may.get(user, []):
                return httpx.Response(403, json={"reason": "Forbidden", "message": "no"})
        if request.url.path == HOME:
            every = [each for at, each in server.objects.items() if at.startswith(f"{HOME}/")]
            return httpx.Response(200, text=json.dumps({"items": every}))
        return answer(request)

    server._answer = guarded


def rules(names):
    kind = {"apiGroups": ["sen.gov.vn"], "resources": ["migrationwaves"], "verbs": ["get"]}
    other = {"apiGroups": [""], "resources": ["pods"], "verbs": ["get"], "resourceNames": ["x"]}
    return [{**kind, "resourceNames": names or []}, other]


def test_platform_people_see_every_wave_on_one_time_line(browser, planned):
    page = browser(DUNG).get("/waves?lang=en").text

    assert page.count(ROW) == 2
    for words in ("05/12/2026 20:00", "06/12/2026 03:00", "Moved, the old side is kept", "Planned"):
        assert words in page, words
    assert 'x="0" width="12"' in page
    assert 'x="988" width="12"' in page


def test_others_see_the_waves_with_systems_of_theirs_and_only_those_of_them(browser, planned):
    an = browser(AN)

    listed, one = (an.get(f"{path}?lang=en").text for path in ("/waves", "/waves/w1"))

    assert listed.count(ROW) == 1
    assert "and 1 of others" in listed
    assert "Systems of other agencies in the same window: 1." in one
    for words in ("archive", "tra cứu", "05/12/2026", "06/12/2026", "1 of 2 systems"):
        assert words in one, words
    for words in ("h29-tax", "ledger", ">tax<", "agreed: tax"):
        assert words not in listed + one, words


def test_what_reaches_from_wave_to_wave_is_drawn_and_escaped(browser, server, planned):
    server.objects[f"{HOME}/w2"]["spec"]["systems"] = [{"id": "<b>archive"}]
    server.objects[f"{HOME}/w2"]["spec"]["bridges"] = [
        {"source": "portal", "target": "<b>archive", "kind": "strong"}
    ]

    page = browser(DUNG).get("/waves?lang=vi").text

    assert page.count('<svg class="graph"') == 1
    assert "Kết nối giữa các đợt: north" in page
    assert '<path class="strong" d="M16,62 C111,62 111,62 206,62">' in page
    assert "portal → &lt;b&gt;archive" in page


def test_wave_that_one_may_not_read_is_not_there(browser, planned):
    assert browser(AN).get("/waves/w2").status_code == 404
    giang = browser(GIANG)

    assert giang.get("/waves").text.count(ROW) == 0
    foreign, none = (giang.get(f"/waves/{name}") for name in ("w1", "w9"))
    assert (foreign.status_code, none.status_code) == (404, 404)
    assert len(foreign.text) == len(none.text)


RUN = {
    "id": "a",
    "command": "cutover",
    "by": "lan.bui@sen.gov.vn",
    "machine": "may-truc-2",
    "place": "may-truc-2/a",
}


def test_who_runs_a_wave_is_told_and_for_how_long_no_sign_came(browser, server, planned, clock):
    dung = browser(DUNG)
    times = dict.fromkeys(("since", "seen"), clock().isoformat())
    server.objects[f"{HOME}/w1"]["status"]["run"] = {**RUN, **times}
    told = {
        "en": ("cutover is running", "cutover: no sign for 7 min", "No sign for 7 min of cutover"),
        "vi": (
            "đang chạy lệnh cutover",
            "cutover: 7 phút không có tín hiệu",
            "7 phút không có tín hiệu",
        ),
    }

    for lang, (listed, *_) in told.items():
        assert listed in dung.get(f"/waves?lang={lang}").text
        one = dung.get(f"/waves/w1?lang={lang}").text
        assert ("lan.bui@sen.gov.vn" in one, "may-truc-2" in one) == (True, True)
    clock.on(minutes=7.5)
    for lang, (_, listed, one) in told.items():
        assert listed in dung.get(f"/waves?lang={lang}").text
        assert one in dung.get(f"/waves/w1?lang={lang}").text
        assert "cutover" not in dung.get(f"/waves/w2?lang={lang}").text


def test_waves_are_searched_without_marks(browser, planned):
    dung = browser(DUNG)

    assert dung.get("/waves?q=W2+night").text.count(ROW) == 1
    assert dung.get("/waves?q=zzz").text.count(ROW) == 0


def test_wave_in_which_nothing_has_begun_says_so(browser, server, planned):
    server.objects[f"{HOME}/w2"] |= {"status": {}}
    server.objects[f"{HOME}/w2"]["spec"] |= {"bridges": [], "note": "<b>chú ý</b>"}

    page = browser(DUNG).get("/waves/w2?lang=en").text

    assert "Nothing has begun" in page
    assert "nothing has to reach over the line" in page
    assert "&lt;b&gt;chú ý" in page


def test_system_without_a_place_yet_is_nobodys():
    own = Own({"h26-a-staging"}, ("h29",))

    found = [own.has({"tenant": each}) for each in ("h26-a-staging", "h29-x-y", "h2-x", None)]

    assert found == [True, True, False, False]


def test_no_waves_have_no_time_line():
    assert placed([]) == []
    assert LEAST > 0

"""A watch tells when the verdicts on an object become others, and only then."""

from __future__ import annotations

import pytest

from policies.finding import Verdict
from policies.gates import watch as module
from policies.gates.choice import Choice
from policies.gates.live import Where
from policies.gates.watch import Watch
from policies.rule import Rule
from tests.policies.gates.test_live import HOMES, PODS, QUOTAS, RULES, cluster, home, pod, quota


@pytest.fixture
def server():
    made = cluster()
    yield made
    for path in list(made.events):
        made.tell(path, None)


def event(kind, thing, version="8"):
    return {
        "type": kind,
        "object": {**thing, "metadata": {**thing["metadata"], "resourceVersion": version}},
    }


def begun(server, where=None, **given):
    looking = Watch(server, Choice(RULES), where, **given)
    look = looking.first()
    return look, looking.changes()


def test_a_change_of_an_object_is_told_as_what_began_and_what_ended(server):
    look, changes = begun(server)
    server.tell(PODS, event("MODIFIED", pod("good", "a", hostNetwork=True)))
    server.tell(PODS, event("MODIFIED", pod("good", "a", hostNetwork=True)))
    server.tell(PODS, event("MODIFIED", pod("good", "a")))

    first, second = next(changes), next(changes)
    changes.close()

    assert look.objects == 6
    assert [each.rule for each in first.begun] == ["no-host-namespace"]
    assert first.ended == ()
    assert str(first.target) == "Pod a/good"
    assert [each.rule for each in second.ended] == ["no-host-namespace"]


def test_new_and_deleted_objects_are_told(server):
    _, changes = begun(server)
    server.tell(PODS, event("ADDED", pod("new", "b", hostPID=True)))
    server.tell(PODS, event("DELETED", pod("new", "b", hostPID=True)))
    server.tell(PODS, event("DELETED", pod("good", "a")))
    server.tell(PODS, event("DELETED", pod("bad", "b")))

    new, gone, bad = next(changes), next(changes), next(changes)
    changes.close()

    assert (new.gone, gone.gone, bad.gone) == (False, True, True)
    assert [each.rule for each in gone.ended] == ["no-host-namespace"]
    assert bad.target.name == "bad"


def test_a_neighbour_changes_the_verdict_on_others(server):
    _, changes = begun(server)
    server.things[QUOTAS].append(quota("c"))
    server.tell(QUOTAS, event("ADDED", quota("c")))

    change = next(changes)
    changes.close()

    assert [each.rule for each in change.ended] == ["quota-present"]
    assert change.target.name == "poor"


def test_a_namespace_changes_the_level_of_all_that_is_in_it(server):
    server.things[PODS][2]["spec"]["securityContext"] = {}
    levels = {"levels": {"1-2": "off", "3-5": "deny"}}
    rules = tuple(Rule.model_validate({**each.model_dump(), **levels}) for each in RULES)
    looking = Watch(server, Choice(rules))
    looking.first()
    changes = looking.changes()
    server.things[HOMES][2] = home("c", 4, "H29")
    server.tell(HOMES, event("MODIFIED", home("c", 4, "H29")))

    change = next(changes)
    changes.close()

    assert [each.rule for each in change.begun] == ["quota-present"]


def test_a_version_that_is_too_old_makes_it_read_again(server):
    _, changes = begun(server)
    server.things[PODS].append(pod("missed", "a", hostIPC=True))
    server.tell(PODS, {"type": "ERROR", "object": {"code": 410, "message": "too old"}})

    change = next(changes)
    changes.close()

    assert change.target.name == "missed"
    assert [each.verdict for each in change.begun] == [Verdict.FAIL]


def test_bookmarks_move_the_version_on_and_a_broken_watch_is_taken_up_there(server, monkeypatch):
    monkeypatch.setattr(module, "PAUSE_SECONDS", 0.0)
    _, changes = begun(server, seconds=5)
    server.tell(PODS, event("BOOKMARK", {"metadata": {}}, "41"))
    server.tell(PODS, 500)
    server.tell(PODS, event("BOOKMARK", {"metadata": {}}, "42"))
    server.tell(PODS, None)
    server.tell(PODS, event("ADDED", pod("late", "a", hostIPC=True)))

    change = next(changes)
    changes.close()

    asked = [query for path, query in server.asked if path == PODS and "watch" in query]
    assert change.target.name == "late"
    assert [query["resourceVersion"] for query in asked] == ["7", "41", "42"]
    assert {query["timeoutSeconds"] for query in asked} == {"5"}
    assert {query["allowWatchBookmarks"] for query in asked} == {"true"}


def test_only_the_part_that_was_asked_for_is_followed(server):
    _, changes = begun(server, Where(agency="H29"))
    server.tell(PODS, event("ADDED", pod("theirs", "a", hostIPC=True)))
    server.tell(PODS, event("ADDED", pod("ours", "c", hostIPC=True)))

    change = next(changes)
    changes.close()

    assert change.target.name == "ours"


def test_waived_findings_are_not_told(server):
    def forgive(findings):
        return [each for each in findings if each.rule != "no-host-namespace"]

    _, changes = begun(server, change=forgive)
    server.tell(PODS, event("MODIFIED", pod("good", "a", hostNetwork=True)))
    server.tell(PODS, event("ADDED", pod("other", "c", hostNetwork=True)))

    change = next(changes)
    changes.close()

    assert change.target.name == "other"
    assert [each.rule for each in change.begun] == ["quota-present"]

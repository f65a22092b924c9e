"""Two decisions of one role in the same second: one counts, whichever event comes first."""

from __future__ import annotations

import copy
import itertools

from sen.operator.plan import plan
from stacks.models.ledger import Ledger
from tests.sen.operator.cluster import NOW, approvals, request


def test_order_of_events_does_not_decide():
    asked = request("portal")
    first, officer = approvals(asked)
    rival = copy.deepcopy(first)
    rival["metadata"]["name"] = "portal-head-2"
    rival["spec"] |= {"by": "person-rival", "decision": "reject", "reason": "Chưa đủ hồ sơ"}
    for each in (first, rival, officer):
        each["metadata"]["creationTimestamp"] = "2026-11-22T08:00:00Z"

    found = [
        plan(asked, order, Ledger({}, ()), NOW)
        for order in itertools.permutations((first, rival, officer))
    ]

    assert {(str(each.phase), each.approved_by) for each in found} == {
        ("Rejected", found[0].approved_by)
    }
    heads = {"person-head", "person-rival"} & set(found[0].approved_by)
    assert heads == {"person-rival"}

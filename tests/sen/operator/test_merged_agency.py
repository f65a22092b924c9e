"""An agency is merged while a request is open: the request says so, and what runs goes on."""

import datetime as dt

from sen.operator.plan import Around, plan
from sen.operator.world import World
from stacks.models.agency import agencies
from stacks.models.chain import material
from stacks.models.ledger import Ledger
from stacks.models.objects.request import RequestSpec
from stacks.models.objects.status import Phase
from tests.sen.operator.cluster import NOW, agency, approvals, request

NO_LIMITS = Ledger({}, ())


def asked(**changed):
    made = request("portal", **changed)
    made["metadata"]["generation"] = 1
    return made


def world(**spec):
    found = World()
    found.learn(agency("H26", **spec))
    return found


def test_successor_comes_from_the_agencys_object_or_from_the_book():
    (gone, *_) = (each for each in agencies().all(ended=True) if each.successor)
    after = gone.valid_to + dt.timedelta(days=1)

    assert world().successor("H26", NOW.date()) is None
    assert world(merged_into="H29").successor("H26", NOW.date()).code == "H29"
    assert world().successor(gone.code, after).code == gone.successor
    assert world().successor(gone.code, gone.valid_to) is None


def test_open_request_waits_and_names_the_successor_even_when_all_agreed():
    made, around = asked(), Around(successor=agencies().get("H29"))

    found = plan(made, approvals(made), NO_LIMITS, NOW, around)

    assert (found.phase, found.tenant, found.waits_for) == (Phase.PENDING, None, ())
    said = found.conditions["AgencyMerged"]
    assert (said.status, found.conditions["Approved"].reason) == ("True", "AgencyMerged")
    assert "H29" in said.message


def test_what_stands_goes_on_and_a_change_of_it_is_asked_elsewhere():
    made = asked()
    digest = material(RequestSpec.model_validate(made["spec"]))
    around = Around({"spec": {"material": digest}}, agencies().get("H29"))
    bigger = asked(size="M")

    same = plan(made, approvals(made), NO_LIMITS, NOW, around)
    more = plan(bigger, approvals(bigger), NO_LIMITS, NOW, around)

    assert same.tenant is not None
    assert same.conditions["AgencyMerged"].status == "True"
    assert (more.phase, more.tenant) == (Phase.PENDING, None)

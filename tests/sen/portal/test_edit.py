"""A request that is not decided yet is changed by a form: filled in, guarded, asked anew."""

from __future__ import annotations

import datetime as dt
from html.parser import HTMLParser

import pytest

from sen.portal.decided import digest
from sen.tenancy.desk import desk_of
from tests.sen.portal.conftest import AN, BINH, DESK

PAGE = "/requests/H26/portal-staging"
AT = f"{DESK}/tenantrequests/portal-staging"


@pytest.fixture
def an(browser, server):
    server.verbs[(desk_of("H26"), AN)] = ["get", "list", "create", "patch"]
    return browser(AN)


@pytest.fixture
def there(asked):
    thing = asked(network={"egress": []})
    thing["metadata"] |= {"generation": 1, "resourceVersion": "7"}
    return thing


class Form(HTMLParser):
    """Reads what a browser would send of a page's last form."""

    def __init__(self):
        super().__init__()
        self.fields, self.select = {}, ""

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "select":
            self.select = given["name"]
        if tag == "option" and "selected" in given:
            self.fields[self.select] = given["value"]
        if tag == "input" and (given.get("type") != "radio" or "checked" in given):
            self.fields[given["name"]] = given["value"]


def typed(an, **changed):
    """Give the form as the page fills it in, with what a test types over it."""
    form = Form()
    form.feed(an.get(f"{PAGE}/edit").text.rpartition("<form")[2])
    fields = form.fields
    return {**fields, **{key.replace("__", "."): each for key, each in changed.items()}}


def test_form_is_filled_with_what_is_asked_for_in_both_languages(an, there):
    fields = typed(an)
    spec = there["spec"]

    assert fields["system.owner_unit"] == spec["system"]["owner_unit"]
    assert (fields["size"], fields["system.level"], fields["ends"]) == ("S", "3", spec["ends"])
    assert fields["groups.admins"] == "h26-portal-admins"
    assert (fields["budget.monthly_ceiling_vnd"], fields["seen"]) == ("200000000", "1")
    assert "Sửa yêu cầu" in an.get(PAGE).text
    assert "decides anew" in an.get(f"{PAGE}/edit?lang=en").text
    assert not {"agency", "system.slug", "stage", "starts"} & set(fields)


def test_only_what_is_new_is_sent_and_old_approvals_fall(an, server, there):
    before = digest(there)
    fields = typed(an, size="M", reason="", groups__viewers="h26-xem")

    said = an.post(f"{PAGE}/edit", fields)

    assert (said.status_code, said.headers["location"]) == (303, PAGE)
    (sent,) = [each for each in server.seen if each.method == "PATCH"]
    assert b'"resourceVersion": "7"' in sent.content
    spec = server.objects[AT]["spec"]
    assert (spec["size"], spec["groups"]["viewers"]) == ("M", ["h26-xem"])
    assert "reason" not in spec
    assert spec["system"]["personal_data"] is True
    assert digest(server.objects[AT]) != before


def test_same_text_is_no_change_and_own_figures_come_and_go(an, server, there):
    fields = typed(an)
    assert an.post(f"{PAGE}/edit", fields).status_code == 303
    assert [each for each in server.seen if each.method == "PATCH"] == []

    names = ("cpu", "memory_gib", "storage_gib", "pods", "services", "volumes")
    own = {f"quota.{name}": "1" for name in names}
    an.post(f"{PAGE}/edit", {**fields, **own})
    assert server.objects[AT]["spec"]["quota"] == dict.fromkeys(names, 1)
    an.post(f"{PAGE}/edit", {**typed(an), **dict.fromkeys(own, "")})
    assert "quota" not in server.objects[AT]["spec"]


def test_who_changed_it_meanwhile_is_not_written_over(an, server, there):
    fields = typed(an, size="M")
    server.objects[AT]["metadata"]["generation"] = 2
    server.objects[AT]["spec"]["ends"] = "2027-01-31"

    said = an.post(f"{PAGE}/edit", fields)

    assert said.status_code == 409
    assert 'value="M" checked' in said.text
    assert server.objects[AT]["spec"]["size"] == "S"


def test_rule_that_breaks_is_told_at_its_field_and_nothing_is_lost(an, server, there):
    past = (dt.datetime.now(dt.UTC).date() - dt.timedelta(days=9)).isoformat()
    fields = typed(an, ends=past, budget__monthly_ceiling_vnd="x", system__officer="nobody")

    said = an.post(f"{PAGE}/edit", fields)

    assert said.status_code == 422
    assert 'value="nobody" required aria-invalid="true"' in said.text
    assert 'href="#budget.monthly_ceiling_vnd"' in said.text
    assert server.objects[AT]["spec"] == there["spec"]


@pytest.mark.parametrize("name", ["system.level", "ends", "system.owner_unit", "groups.admins"])
def test_field_left_empty_is_told(an, there, name):
    assert an.post(f"{PAGE}/edit", {**typed(an), name: ""}).status_code == 422


@pytest.mark.parametrize("status", [{"phase": "Ready", "tenant": "t"}, {"phase": "Rejected"}])
def test_what_is_decided_is_not_changed_here(an, server, there, status):
    fields = typed(an, size="M")
    there["status"] = status

    assert an.get(f"{PAGE}/edit").status_code == 409
    assert an.post(f"{PAGE}/edit", fields).status_code == 409
    assert server.objects[AT]["spec"]["size"] == "S"
    assert f"{PAGE}/edit" not in an.get(PAGE).text


def test_who_may_not_change_it_is_not_invited(browser, there):
    assert f"{PAGE}/edit" not in browser(BINH).get(PAGE).text

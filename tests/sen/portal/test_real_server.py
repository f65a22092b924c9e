"""The portal before a real API server: RBAC decides, also where a page errs."""

from __future__ import annotations

import datetime as dt
import json
import os
import uuid

import httpx
import pytest
from fastapi import APIRouter
from typer.testing import CliRunner

from sen import local
from sen.cli.operator import app as operator
from sen.cli.portal import app as portal
from sen.local.authority import Credential, issue
from sen.local.platform import Platform
from sen.portal.access import of_platform
from sen.portal.app import create
from sen.portal.path import agency_of, on_desk
from sen.portal.settings import Settings
from sen.portal.visit import Visiting
from sen.tenancy.desk import desk_of
from tests.platform_fixture import as_admin
from tests.request_of import request_of
from tests.sen.portal.browser import Browser
from tests.sen.portal.conftest import AN, BINH, GIANG
from tests.sen.portal.test_pages import FORM
from tests.sen.portal.thing import tenant

pytestmark = [pytest.mark.platform, pytest.mark.xdist_group("portal")]
AT = "/apis/sen.gov.vn/v1alpha1/namespaces/{}/{}"
DUNG = "dung.pham@sen.gov.vn"


@pytest.fixture(scope="module")
def platform(tools):
    """A platform of its own: it holds who may ask, which tests of other parts do not expect."""
    mine = Platform(f"portal{os.getpid()}")
    local.up(mine, fsync=False)
    yield mine
    local.reset(mine)


@pytest.fixture(scope="module")
def desks(platform):
    run = CliRunner().invoke
    named = ["--name", platform.name]
    assert run(operator, ["install", *named]).exit_code == 0
    for agency in ("H26", "H29"):
        words = ["desk", agency, "--officer", "a.b@hanoi.gov.vn", *named]
        assert run(operator, words).exit_code == 0
    assert run(portal, ["install", *named]).output == "8 objects\n"
    return platform


@pytest.fixture
def enter(desks, runner):
    app = create(Settings(access=of_platform(desks), dev_login=True))
    _add_a_page_with_a_bug(app)

    def as_person(user):
        browser = Browser(app, runner)
        assert browser.sign_in(user).status_code == 303
        return browser

    yield as_person
    runner.run(app.state.cluster.close())


def _add_a_page_with_a_bug(app):
    """Give whoever asks whatever desk they name, and judge nothing."""
    router = APIRouter()

    @router.get("/bug/{code}")
    async def bug(visit: Visiting, code: str):
        items = await visit.api.items(on_desk(agency_of(code), "tenantrequests"))
        return [each["spec"]["system"]["name"]["vi"] for each in items]

    app.include_router(router)


@pytest.fixture
def slug():
    return f"p{uuid.uuid4().hex[:8]}"


@pytest.fixture
def form(slug):
    return {**FORM, **dates(), "system.slug": slug}


def dates():
    given = request_of()
    return {"starts": given["starts"], "ends": given["ends"]}


def objects(platform, agency, plural, slug):
    body = as_admin(platform).ask("GET", AT.format(desk_of(agency), plural))[1]
    return [each for each in json.loads(body)["items"] if each["metadata"]["name"].startswith(slug)]


def test_official_asks_and_the_head_agrees_through_pages(enter, desks, form, slug):
    an, binh = enter(AN), enter(BINH)
    sent = an.post("/requests/new", {**an.hidden("/requests/new"), **form})
    page = f"/requests/H26/{slug}-staging"
    assert sent.headers["location"] == page, sent.text
    assert page in binh.get("/inbox").text

    fields = {**binh.hidden(page), "role": "head", "decision": "approve"}
    answers = [binh.post(page, fields).status_code for _ in range(2)]

    assert answers == [303, 303]
    (request,) = objects(desks, "H26", "tenantrequests", slug)
    (approval,) = objects(desks, "H26", "approvals", slug)
    assert request["spec"]["requested_by"] == AN
    assert (approval["spec"]["by"], approval["spec"]["role"]) == (BINH, "head")
    assert "Đã đồng ý" in an.get(page).text


def test_page_with_a_bug_cannot_show_another_agencys_request(enter, desks, form, slug):
    an, giang = enter(AN), enter(GIANG)
    an.post("/requests/new", {**an.hidden("/requests/new"), **form})

    own, foreign = an.get("/bug/H26"), giang.get("/bug/H26")

    assert (own.status_code, "Quản lý văn bản" in own.text) == (200, True)
    assert foreign.status_code == 404
    assert "Quản lý văn bản" not in foreign.text
    for path in ("", "/timeline", "/live"):
        assert giang.get(f"/requests/H26/{slug}-staging{path}").status_code == 404


def test_asking_at_another_agencys_desk_is_refused_by_the_server(enter, desks, form, slug):
    giang = enter(GIANG)

    sent = giang.post("/requests/new", {**giang.hidden("/requests/new"), **form})

    assert sent.status_code == 403
    assert objects(desks, "H26", "tenantrequests", slug) == []


def test_role_that_one_does_not_hold_is_refused_by_the_server(enter, desks, form, slug):
    an, binh = enter(AN), enter(BINH)
    an.post("/requests/new", {**an.hidden("/requests/new"), **form})
    page = f"/requests/H26/{slug}-staging"

    fields = {**binh.hidden(page), "role": "security-officer", "decision": "approve"}
    sent = binh.post(page, fields)

    assert sent.status_code == 403
    assert "không giữ vai trò" in sent.text
    assert objects(desks, "H26", "approvals", slug) == []


def test_platform_people_read_all_desks_and_see_what_waits(enter, form, slug):
    an = enter(AN)
    an.post("/requests/new", {**an.hidden("/requests/new"), **form, "system.level": "3"})

    assert f"/requests/H26/{slug}-staging" in enter(DUNG).get("/inbox").text


@pytest.fixture
def call(desks, tmp_path):
    """Give a client with the portal's certificate, or with a person's own."""
    clients = []

    def client(user=None):
        given = of_platform(desks)
        context = given.context()
        if user is not None:
            pair = issue(desks.pki, Credential(user, user), dt.datetime.now(dt.UTC))
            (tmp_path / "crt").write_bytes(pair.certificate)
            (tmp_path / "key").write_bytes(pair.key)
            context.load_cert_chain(tmp_path / "crt", tmp_path / "key")
        clients.append(httpx.Client(base_url=given.server, verify=context, trust_env=False))
        return clients[-1]

    yield client
    for each in clients:
        each.close()


def test_only_the_portal_speaks_for_people(call):
    """Neither a person nor the portal, for `system:masters`, nodes, or about Secrets."""
    secrets = f"/api/v1/namespaces/{desk_of('H26')}/secrets"
    requests = AT.format(desk_of("H26"), "tenantrequests")
    portal_itself, person = call(), call("eve")
    an = {"Impersonate-User": AN, "Impersonate-Group": "oidc:h26-requesters"}
    masters = {"Impersonate-User": AN, "Impersonate-Group": "system:masters"}
    node = {"Impersonate-User": "system:node:n1"}
    account = {"Impersonate-User": "system:serviceaccount:kube-system:default"}
    admin = {"Impersonate-User": "sen:admin", "Impersonate-Group": "sen:platform-admins"}

    assert portal_itself.get(requests, headers=an).status_code == 200
    assert person.get(requests, headers=an).status_code == 403
    assert portal_itself.get(requests).status_code == 403
    for headers in (masters, node, account):
        assert portal_itself.get(requests, headers=headers).status_code == 403, headers
    for headers in (an, masters, admin):
        assert portal_itself.get(secrets, headers=headers).status_code == 403, headers


def test_desk_of_another_agency_is_said_to_be_closed(enter):
    assert "Bạn chưa được xem" in enter(GIANG).get("/?agency=H26").text


def test_what_was_told_at_a_desk_is_its_own_peoples_to_read(enter, call, desks, form, slug):
    an, giang = enter(AN), enter(GIANG)
    an.post("/requests/new", {**an.hidden("/requests/new"), **form})

    own, foreign = (each.get("/audit?agency=H26").text for each in (an, giang))

    assert f"/requests/H26/{slug}-staging" in own
    assert slug not in foreign
    events = f"/api/v1/namespaces/{desk_of('H26')}/events"
    people = {AN: "oidc:h26-requesters", GIANG: "oidc:h29-requesters"}
    answers = [
        call().get(events, headers={"Impersonate-User": user, "Impersonate-Group": group})
        for user, group in people.items()
    ]
    assert [each.status_code for each in answers] == [200, 403]


def test_environment_is_changed_with_the_persons_own_rights(enter, desks, form, slug):
    """The head reads it and has no button; a form sent all the same is refused by the server."""
    an, binh, giang = enter(AN), enter(BINH), enter(GIANG)
    an.post("/requests/new", {**an.hidden("/requests/new"), **form})
    name = build(desks, slug)
    page = f"/tenants/H26/{name}"
    fields = {**an.hidden(page), "act": "suspend"}

    assert giang.get(page).status_code == 404
    assert giang.post(page, {**fields, **giang.hidden("/")}).status_code == 403
    assert an.post(page, fields).headers["location"] == f"{page}?done=suspend"
    (request,) = objects(desks, "H26", "tenantrequests", slug)
    assert request["spec"]["state"] == "Suspended"
    longer = {"act": "extend", "ends": form["starts"][:4] + "-12-31"}
    stale = an.post(page, {**fields, **longer})
    assert stale.status_code == 409
    assert binh.get(page).status_code in {200, 404}


def test_overview_shows_each_their_own_part(enter, desks, form, slug):
    an, giang, dung = enter(AN), enter(GIANG), enter(DUNG)
    an.post("/requests/new", {**an.hidden("/requests/new"), **form})
    build(desks, slug)

    seen = [each.get("/overview?q=H26").text for each in (an, giang, dung)]

    assert [">0 đ</td>" not in each for each in seen] == [True, False, True]
    for path in ("/waivers", "/agreements", "/reports", "/audit"):
        assert [each.get(path).status_code for each in (an, giang, dung)] == [200] * 3, path
    assert slug in an.get("/reports/showback.csv?by=system").text
    assert slug not in giang.get("/reports/showback.csv?by=system").text


def build(platform, slug):
    """Put a tenant beside a request, as the operator does."""
    (request,) = objects(platform, "H26", "tenantrequests", slug)
    made = tenant(request, f"h26-{slug}-staging")
    body = {"apiVersion": "sen.gov.vn/v1alpha1", "kind": "Tenant", **made}
    path = AT.format(desk_of("H26"), "tenants")
    status, said = as_admin(platform).ask("POST", path, body)
    assert status == 201, said
    return made["metadata"]["name"]

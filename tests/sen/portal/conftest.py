"""A portal in this process, before an API server in memory."""

from __future__ import annotations

import asyncio
import datetime as dt

import pytest

from sen.portal.access import Access
from sen.portal.app import create
from sen.portal.settings import Settings
from sen.tenancy.desk import desk_of
from stacks.models.objects.request import RequestSpec
from tests.request_of import request_of
from tests.sen.portal.browser import Browser
from tests.sen.portal.fake_server import FakeServer

AN, BINH, CHI = "an.nguyen@hanoi.gov.vn", "binh.tran@hanoi.gov.vn", "chi.le@hanoi.gov.vn"
GIANG = "giang.vo@tphcm.gov.vn"
API = "/apis/sen.gov.vn/v1alpha1"
DESK = f"{API}/namespaces/{desk_of('H26')}"


class Clock:
    """Stands still until a test turns it."""

    def __init__(self) -> None:
        self.now = dt.datetime.now(dt.UTC)

    def __call__(self) -> dt.datetime:
        return self.now

    def on(self, **time: float) -> None:
        self.now += dt.timedelta(**time)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def server():
    fake = FakeServer()
    fake.verbs[(desk_of("H26"), AN)] = ["get", "list", "create"]
    fake.verbs[(desk_of("H26"), BINH)] = ["get", "list", "approve-head"]
    fake.verbs[(desk_of("H26"), CHI)] = ["get", "list", "approve-security-officer"]
    return fake


@pytest.fixture
def settings(server, clock):
    def make(**changed):
        access = Access("https://api.test", transport=server.transport())
        return Settings(**{"access": access, "dev_login": True, "clock": clock, **changed})

    return make


@pytest.fixture
def runner():
    with asyncio.Runner() as found:
        yield found


@pytest.fixture
def browser(settings, runner):
    """Give a browser of the portal; each call is another person's."""
    app = create(settings())
    return lambda user=None: signed_in(Browser(app, runner), user)


def signed_in(given, user):
    if user:
        assert given.sign_in(user).status_code == 303
    return given


@pytest.fixture
def asked(server):
    """Put a request on Ha Noi's desk."""

    def put(
        name="portal-staging", *, by=AN, status=None, created="2026-11-20T02:00:00Z", **changed
    ):
        given = request_of(**changed)
        spec = RequestSpec.model_validate({**given, "requested_by": by, "reason": "Thay máy chủ"})
        thing = {
            "metadata": {"name": name, "creationTimestamp": created},
            "spec": spec.model_dump(mode="json", exclude_none=True),
            "status": status or {"phase": "Pending", "waits_for": ["head", "security-officer"]},
        }
        server.objects[f"{DESK}/tenantrequests/{name}"] = thing
        return thing

    return put

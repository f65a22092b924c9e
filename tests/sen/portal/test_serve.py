"""Who a visitor is behind a proxy: its word is believed, and nobody else's."""

from __future__ import annotations

import pytest
import uvicorn

from sen.portal import serve
from stacks.problem import ProblemError
from tests.sen.portal.browser import Browser

GATEWAY, BLOCK = "10.0.6.3", "10.0.6.0/28"


@pytest.fixture
def served(monkeypatch, settings):
    """Give what uvicorn would put before the portal's own application."""
    given = {}
    monkeypatch.setattr(serve.uvicorn, "run", lambda app, **rest: given.update(app=app, **rest))

    def run(trusted):
        serve.run(settings(per_address=2), 8380, trusted=trusted)
        given.pop("port", None)
        config = uvicorn.Config(**given)
        config.load()
        return config.loaded_app

    return run


def codes(app, runner, address, *visitors):
    browser = Browser(app, runner, address)
    ask = [browser.get("/login", headers={"X-Forwarded-For": each}) for each in visitors]
    return [each.status_code for each in ask]


def test_visitors_behind_the_gateway_are_counted_apart(served, runner):
    app = served(serve.proxies([BLOCK]))

    found = codes(app, runner, GATEWAY, *["203.0.113.5"] * 3, *["203.0.113.6"] * 2)

    assert found == [200, 200, 429, 200, 200]


@pytest.mark.parametrize("trusted", [(), (BLOCK,)])
def test_nobody_else_chooses_who_they_are(served, runner, trusted):
    app = served(serve.proxies(trusted))

    found = codes(app, runner, "127.0.0.1", "203.0.113.5", "203.0.113.6", "203.0.113.7")

    assert found == [200, 200, 429]


def test_a_visitor_who_names_others_before_themselves_is_who_the_gateway_saw(served, runner):
    app = served(serve.proxies([BLOCK]))
    forged = [f"198.51.100.{number}, 203.0.113.5" for number in range(3)]

    assert codes(app, runner, GATEWAY, *forged) == [200, 200, 429]


@pytest.mark.parametrize(
    "block", ["gateway", "0.0.0.0/0", "10.0.0.0/8", "10.0.6.1/28", "*", "::/0"]
)
def test_what_is_no_block_of_a_gateway_is_refused(block):
    with pytest.raises(ProblemError, match="gateway's addresses"):
        serve.proxies(["10.0.6.0/28", block])

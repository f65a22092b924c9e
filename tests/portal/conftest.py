"""A portal as people meet it: real API server, real operator, real sign-in, real browser."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from sen import local
from sen.local.platform import Platform
from sen.local.ports import LOOPBACK
from sen.runs.environment import environment
from sen.runs.settings import forget, write_baseline
from sen.runs.stack import Stack
from tests.portal.people import Person, Provider
from tests.portal.service import sen
from tests.portal.visitor import Visitor
from tests.ports import free_port

REQUIRED = "SEN_TESTS_WITH_BROWSER"
DESKS = {"H26": "van.nguyen@hanoi.gov.vn", "H29": "van.tran@hcm.gov.vn"}
# Nothing but loopback is reached: the provider's page asks for a style sheet from afar.
ARGUMENTS = ("--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",)

Visit = Callable[..., Visitor]


@dataclass(frozen=True)
class Portal:
    url: str
    platform: Platform


@pytest.fixture(scope="session")
def platform(tools: None) -> Iterator[Platform]:
    """A platform apart from that of other tests: with desks, and a baseline for what is built."""
    mine = Platform(f"w{os.getpid()}")
    local.up(mine, fsync=False)
    yield mine
    local.reset(mine)
    forget(mine)


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("portal")


@pytest.fixture(scope="session")
def operator(platform: Platform, folder: Path) -> Iterator[None]:
    """The kinds, two desks, the baseline, and the operator at work."""
    log, named = folder / "operator.log", ("--name", platform.name)
    _done(log, "operator", "install", *named)
    for agency, officer in DESKS.items():
        _done(log, "operator", "desk", agency, "--officer", officer, *named)
    _done(log, "portal", "install", *named)
    baseline = Stack(write_baseline(platform), environment(platform), policies=False)
    baseline.ensure()
    baseline.up()
    service = sen(log, "operator", "run", *named)
    yield
    service.end()


@pytest.fixture(scope="session")
def provider(folder: Path) -> Iterator[Provider]:
    found = Provider(folder)
    found.service.listening(found.port)
    yield found
    found.service.end()


@pytest.fixture(scope="session")
def portal(
    platform: Platform, operator: None, provider: Provider, folder: Path
) -> Iterator[Portal]:
    """The portal as a program of its own, with the provider to sign in at."""
    port, secret = free_port(), folder / "secret"
    secret.write_text("made up for this run")
    service = sen(
        folder / "portal.log",
        *("portal", "run", "--name", platform.name, "--port", port),
        *("--oidc-issuer", provider.issuer, "--oidc-secret-file", secret),
    )
    service.listening(port)
    yield Portal(f"http://{LOOPBACK}:{port}", platform)
    assert service.end() == 0, service.said()
    assert "Traceback" not in service.log.read_text("utf-8")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium of the system; its loop ends with the module, so that other tests have their own."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        if os.environ.get(REQUIRED) == "1":
            pytest.fail("no Chromium on PATH, and SEN_TESTS_WITH_BROWSER=1", pytrace=False)
        pytest.skip("no Chromium on PATH: apt-get install chromium, or make system")
    unconfined = ("--no-sandbox",) if os.geteuid() == 0 else ()
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=program, args=[*ARGUMENTS, *unconfined]
        )
        yield launched
        launched.close()


@pytest.fixture
def visit(browser: Browser, portal: Portal) -> Iterator[Visit]:
    """Let people in, each with a profile of their own; no page may have done what none should."""
    made: list[Visitor] = []

    def come(person: Person | None = None, lang: str = "vi", **options: Any) -> Visitor:
        size = options.pop("viewport", {"width": 1200, "height": 900})
        context = browser.new_context(viewport=size, reduced_motion="reduce", **options)
        visitor = Visitor(context, portal.url)
        visitor.go(f"/login?lang={lang}")
        made.append(visitor)
        return visitor.sign_in(person) if person else visitor

    yield come
    faults = [fault for each in made for fault in each.faults]
    for each in made:
        each.context.close()
    assert faults == []


def _done(log: Path, *words: object) -> None:
    service = sen(log, *words)
    code = service.process.wait(120)
    assert code == 0, service.said()

"""A running platform for tests: one for the whole run, in a state folder of the run's own.

The folder's path travels in the environment, so that xdist's workers find the same platform:
whoever comes first starts it, the others take it over, the controller removes it at the end.
"""

import json
import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from sen import local
from sen.errors import MissingPartError
from sen.local.authority import CLUSTER
from sen.local.lifecycle import programs
from sen.local.platform import Platform
from sen.local.wire import Caller, caller

STATE = "XDG_STATE_HOME"
FOLDER = "sen-tests-{pid}-"
LANGUAGE = "SEN_LANG"
_before = pytest.StashKey[dict[str, str | None]]()


def pytest_configure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput"):
        return
    for folder in left_over(Path(tempfile.gettempdir())):
        _remove(folder)
    config.stash[_before] = {name: os.environ.get(name) for name in (STATE, LANGUAGE)}
    os.environ[STATE] = tempfile.mkdtemp(prefix=FOLDER.format(pid=os.getpid()))
    os.environ[LANGUAGE] = "en"


def left_over(parent: Path) -> list[Path]:
    """Give the folders of this user's runs that were killed: their process is gone."""
    runs = parent.glob(FOLDER.format(pid="[0-9]*") + "*")
    return [
        run
        for run in runs
        if run.stat().st_uid == os.getuid() and not psutil.pid_exists(int(run.name.split("-")[2]))
    ]


def pytest_unconfigure(config: pytest.Config) -> None:
    if _before not in config.stash:
        return
    _remove(Path(os.environ[STATE]))
    _put_back(config.stash[_before])


@pytest.fixture(scope="session")
def tools() -> None:
    """Fail with the remedy when a tool is missing; skip only when that was asked for."""
    try:
        programs()
    except MissingPartError as error:
        if os.environ.get("SEN_TESTS_WITHOUT_TOOLS") == "1":
            pytest.skip(f"SEN_TESTS_WITHOUT_TOOLS=1: {error}")
        pytest.fail(str(error), pytrace=False)


@pytest.fixture(scope="session")
def platform(tools) -> Platform:
    """The run's platform; a test that takes a platform down makes its own.

    Its name is the run's own, so that its stacks' settings never meet those of a person's platform.
    """
    shared = Platform("t" + Path(os.environ[STATE]).name.split("-")[2])
    local.up(shared, fsync=False)
    return shared


@pytest.fixture(scope="session")
def api(platform) -> Caller:
    """Call the API server as the platform's administrator."""
    return as_admin(platform)


@pytest.fixture
def namespace(api) -> Iterator[str]:
    """A fresh namespace; it goes when the test is over."""
    name = f"test-{uuid.uuid4().hex[:10]}"
    labels = {"sen.gov.vn/test": "true"}
    manifest = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
    manifest["metadata"]["labels"] = labels
    status, body = api.ask("POST", "/api/v1/namespaces", manifest)
    assert status == 201, json.loads(body)["message"]
    yield name
    api.ask("DELETE", f"/api/v1/namespaces/{name}")


def as_admin(platform: Platform) -> Caller:
    return caller(platform.pki, platform.port("kube-apiserver"), CLUSTER, "admin")


def _remove(folder: Path) -> None:
    """End and remove every platform of a run, then its folder."""
    with _state(folder):
        for record in folder.glob("sen/local/*/record.json"):
            local.reset(Platform(record.parent.name))
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _state(folder: Path) -> Iterator[None]:
    before = {STATE: os.environ.get(STATE)}
    os.environ[STATE] = str(folder)
    try:
        yield
    finally:
        _put_back(before)


def _put_back(before: Mapping[str, str | None]) -> None:
    for name, value in before.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value

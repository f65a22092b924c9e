"""An installation ends once the API server refuses a decision in another's name, not before."""

from contextlib import contextmanager

import pytest
from kubernetes.client.exceptions import ApiException
from kubernetes.dynamic.exceptions import ForbiddenError, ResourceNotFoundError

from sen.errors import MissingPartError
from sen.tenancy import enforcing
from sen.tenancy.enforcing import KIND_NOT_SEEN, wait_until_enforced


def refused(words):
    error = ApiException(status=403, reason="Forbidden")
    error.body, error.headers = words, {}
    return ForbiddenError(error)


class Server:
    """An API server that answers one after the other, and the last for ever."""

    def __init__(self, *answers):
        self.answers, self.asked = list(answers), []
        self.resources = self

    def get(self, **_):
        return "kind"

    def create(self, _kind, **given):
        self.asked.append(given)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer


@pytest.fixture
def answering(monkeypatch):
    def made(*answers):
        server = Server(*answers)

        @contextmanager
        def connected(*_):
            yield server

        monkeypatch.setattr(enforcing, "connected", connected)
        monkeypatch.setattr(enforcing, "PAUSE", 0.0)
        return server

    return made


def test_it_asks_until_the_policy_itself_refuses(answering, tmp_path):
    server = answering(
        ResourceNotFoundError("no such kind yet"),
        None,
        refused("quota exceeded"),
        refused(f"'sen-approvals' denied request: {KIND_NOT_SEEN}"),
        refused("'sen-approvals' denied request: by must be you"),
    )

    wait_until_enforced(tmp_path, "here")

    assert len(server.asked) == 5
    assert all(each["dry_run"] == "All" for each in server.asked)


def test_a_server_that_takes_what_it_must_refuse_is_told(answering, tmp_path):
    answering(None)
    seconds = iter(range(100))

    with pytest.raises(MissingPartError, match="sen-approvals after 3 s"):
        wait_until_enforced(tmp_path, "here", clock=lambda: next(seconds), seconds=3)

"""Both ends are read at the same time."""

from __future__ import annotations

import threading
from dataclasses import dataclass

import pytest

from playbooks.migration.files.manifest import manifests
from stacks.problem import Problem, ProblemError


@dataclass
class End:
    """A folder that answers only while the other one is asked too."""

    together: threading.Barrier
    fails: bool = False
    quoted: str = "/x"

    def run(self, _text):
        self.together.wait(20)
        if self.fails:
            raise ProblemError(Problem("host-unreachable", "x", {"detail": "y"}))
        return b""


def test_people_wait_for_the_slower_end_and_not_for_both():
    together = threading.Barrier(2)

    assert manifests(End(together), End(together)) == ({}, {})


def test_an_end_that_fails_is_told():
    with pytest.raises(ProblemError, match="host"):
        manifests(End(threading.Barrier(1)), End(threading.Barrier(1), fails=True))

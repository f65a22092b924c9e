"""A cluster in memory, and an evidence chain of its own."""

import pytest

from sen.evidence.chain import Chain
from tests.sen.access.memory import NOW, MemoryCluster


@pytest.fixture
def cluster():
    made = MemoryCluster()
    made.add_home()
    return made


@pytest.fixture
def chain(tmp_path):
    return Chain(tmp_path / "evidence" / "chain.jsonl", lambda: NOW)


@pytest.fixture
def acts(chain):
    """Give what was recorded: acts with whom or what they are about."""
    return lambda: [(each.act, each.about) for each in chain.records()]

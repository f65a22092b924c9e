"""Two real hosts that the tests of several parts share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.hosts.pair import Pair, pair
from tests.hosts.required import require_hosts


@pytest.fixture(scope="session")
def hosts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    require_hosts()
    with pair(tmp_path_factory.mktemp("pair")) as found:
        yield found

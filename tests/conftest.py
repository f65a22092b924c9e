"""What every test shares."""

import signal

import pytest
from _pytest.nodeid import NodeId
from hypothesis import settings

pytest_plugins = ["tests.platform_fixture"]

# How long an example takes says how busy the machine is, not whether the code is right.
settings.register_profile("sen", deadline=None)
settings.load_profile("sen")

# A run in the background of a shell is born deaf to Ctrl-C, and so would be all that tests start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# What takes seconds to start, and is shared by the tests of a module or a folder.
COSTLY = ("platform", "servers", "estate", "room")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the tests of a group on one worker: what they share starts once.

    xdist 3.8 writes the group where pytest 9.2 does not look any more, and then keeps nothing
    together; so it is written here.
    """
    if not hasattr(config, "workerinput"):
        return
    for item in items:
        group = _group(item)
        if group and not item.nodeid.endswith(f"@{group}"):
            item._id = NodeId.parse(f"{item.nodeid}@{group}")


def _group(item: pytest.Item) -> str | None:
    """Give the group that a test names, else the place of the costly fixture that it uses."""
    named = item.get_closest_marker("xdist_group")
    known = getattr(item, "_fixtureinfo", None)
    if named or known is None:
        return named.args[0] if named else None
    places = (known.name2fixturedefs[n][-1].baseid for n in COSTLY if n in known.names_closure)
    return next((place.replace("@", "") for place in places if place), None)

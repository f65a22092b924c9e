"""What every test shares."""

import signal

import pytest

pytest_plugins = ["tests.platform_fixture"]

# A run in the background of a shell is born deaf to Ctrl-C, and so would be all that tests start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# What takes seconds to start, and is shared by the tests of a module or a folder.
COSTLY = ("platform", "servers", "estate", "room")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep tests on one worker that share a costly fixture of their own; it starts once then."""
    for item in items:
        known = getattr(item, "_fixtureinfo", None)
        if known is None or item.get_closest_marker("xdist_group"):
            continue
        places = [known.name2fixturedefs[n][-1].baseid for n in COSTLY if n in known.names_closure]
        own = next((place for place in places if place), None)
        if own:
            item.add_marker(pytest.mark.xdist_group(own))

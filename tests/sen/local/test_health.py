"""A part that answers is not yet a part that works."""

from dataclasses import replace

import pytest

from sen.local.control_plane import kube_controller_manager
from sen.local.health import WELL, verdict


@pytest.mark.platform
def test_part_that_does_not_say_what_it_must_is_not_well(platform):
    part = kube_controller_manager(platform, platform.load())

    assert verdict(platform, part) == WELL
    assert verdict(platform, replace(part, says=b"no-such-controller ok")) == "not yet ready"

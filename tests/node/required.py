"""What a test on a real node begins with: all that it takes, or the plain reason why not."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from sen.errors import MissingPartError
from sen.tools import find
from tests.node.settings import PLUGINS

# Set to 1 to have such tests at all: they take minutes, gigabytes and root.
REQUIRED = "SEN_TESTS_NODE"
PACKAGES = {"runc": "runc", "podman": "podman", "busybox": "busybox-static", "ip": "iproute2"}


def require_node() -> None:
    """Skip unless it is asked for; where it is asked for, what is missing is a failure."""
    if os.environ.get(REQUIRED) != "1":
        pytest.skip(f"a real node takes minutes, gigabytes and root; {REQUIRED}=1 asks for it")
    if missing := list(lacking()):
        pytest.fail("; ".join(missing), pytrace=False)


def lacking() -> list[str]:
    """Name what is not there and how to get it."""
    found = [] if os.geteuid() == 0 else ["a node needs root"]
    for tool in ("kubelet", "containerd", "helm"):
        try:
            find(tool)
        except MissingPartError as error:
            found.append(str(error))
    packages = [package for program, package in PACKAGES.items() if not shutil.which(program)]
    if not Path(PLUGINS, "bridge").exists():
        packages.append("containernetworking-plugins")
    return [*found, *([f"apt-get install {' '.join(packages)}"] if packages else [])]

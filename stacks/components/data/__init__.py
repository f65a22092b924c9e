"""Roles and classes of the platform, as data."""

from importlib import resources
from typing import Any

import yaml


def read(name: str) -> Any:  # noqa: ANN401 - each caller knows its own file
    """Read a file of this folder."""
    return yaml.safe_load(resources.files(__name__).joinpath(name).read_text("utf-8"))

"""Reads YAML of this package fast, and refuses to guess when it is not what was expected."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).resolve().parent


@cache
def _loader() -> type[yaml.SafeLoader]:
    fast: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return fast


def read(path: Path, text: str | None = None) -> Any:  # noqa: ANN401 - YAML holds anything
    """Read one YAML document; `text` stands in for the file's content."""
    content = path.read_text("utf-8") if text is None else text
    return yaml.load(content, Loader=_loader())  # noqa: S506 - a safe loader, in C where it is built

"""Where Sen keeps things: the project, the cache of built tools, the state of local platforms."""

from __future__ import annotations

import os
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent


def cache_dir() -> Path:
    """Give `$XDG_CACHE_HOME/sen`: what can be built again."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "sen"


def state_dir() -> Path:
    """Give `$XDG_STATE_HOME/sen`: what belongs to platforms on this machine."""
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "sen"

"""The demo's input: the requests under `stacks/agencies`, one folder a first-level agency."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from sen.paths import PROJECT
from stacks.models.load import load_current

AGENCIES = PROJECT / "stacks" / "agencies"


def demo_requests(today: date) -> tuple[dict[str, list[Path]], list[str]]:
    """Give the folder of each agency with a tenant to build, and the tenants that have ended."""
    folders = sorted(path for path in AGENCIES.iterdir() if path.is_dir())
    loaded = {folder: load_current([folder], today) for folder in folders}
    current = {folder.name.upper(): [folder] for folder, each in loaded.items() if each.requests}
    return current, [one.name for each in loaded.values() for one in each.ended]
